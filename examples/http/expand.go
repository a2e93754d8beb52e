// Hands one expansion to outpaint over HTTP, with nothing but Go's standard library.
//
//	OUTPAINT_URL=http://127.0.0.1:8080 OUTPAINT_TOKEN=op_… go run expand.go https://cdn.example.com/1042.jpg sku-1042
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	url := os.Getenv("OUTPAINT_URL")
	if url == "" {
		url = "http://127.0.0.1:8080"
	}
	source, customID := os.Args[1], os.Args[2]
	body, _ := json.Marshal(map[string]any{
		"batch": "shop", "custom_id": customID, "source": source,
		"parameters": map[string]any{"output_ratio": "16:9"},
	})
	client := &http.Client{Timeout: 30 * time.Second}
	for try := 1; ; try++ {
		request, _ := http.NewRequest("POST", url+"/v1/expansions", bytes.NewReader(body))
		request.Header.Set("content-type", "application/json")
		// The same key for every try of the same picture: whatever is lost on the way, it is paid once.
		request.Header.Set("idempotency-key", "shop-"+customID)
		if token := os.Getenv("OUTPAINT_TOKEN"); token != "" {
			request.Header.Set("authorization", "Bearer "+token)
		}
		answer, err := client.Do(request)
		if err == nil {
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode == http.StatusAccepted {
				var accepted struct {
					ExpansionID string `json:"expansion_id"`
				}
				_ = json.Unmarshal(text, &accepted)
				fmt.Println(accepted.ExpansionID)
				return
			}
			if answer.StatusCode != 409 && answer.StatusCode != 429 && answer.StatusCode < 500 {
				fmt.Fprintln(os.Stderr, string(text))
				os.Exit(2)
			}
			err = fmt.Errorf("%d %s", answer.StatusCode, text)
		}
		if try == 5 {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(5)
		}
		time.Sleep(time.Duration(try) * time.Second)
	}
}
