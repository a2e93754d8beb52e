"""Hands one expansion to outpaint's queue, from a service in Python: pip install bullmq.

REDIS_URL=redis://127.0.0.1:6379 python enqueue.py https://cdn.example.com/1042.jpg sku-1042
"""
import asyncio
import os
import sys

from bullmq import Queue


async def main(source: str, custom_id: str) -> None:
    # The braces are part of the prefix; OUTPAINT_NAMESPACE stands in them.
    prefix = "{" + os.environ.get("OUTPAINT_NAMESPACE", "outpaint") + "}"
    redis_url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
    queue = Queue("intake", {"connection": redis_url, "prefix": prefix})
    try:
        job = await queue.add(
            "expand",
            {
                "v": 1,
                "batch": "shop",
                "custom_id": custom_id,
                "source": source,
                "parameters": {"output_ratio": "16:9", "add_watermark": False},
            },
            {},
        )
        print(job.id)
    finally:
        await queue.close()


asyncio.run(main(sys.argv[1], sys.argv[2]))
