<?php
// Hands one expansion to outpaint's queue, from a service in PHP: composer require taskforcesh/bullmq-php predis/predis.
//   REDIS_HOST=127.0.0.1 php enqueue.php https://cdn.example.com/1042.jpg sku-1042
require __DIR__ . '/vendor/autoload.php';

[, $source, $customId] = $argv;
// The braces are part of the prefix; OUTPAINT_NAMESPACE stands in them.
$prefix = '{' . (getenv('OUTPAINT_NAMESPACE') ?: 'outpaint') . '}';
$queue = new BullMQ\Queue('intake', [
    'connection' => ['host' => getenv('REDIS_HOST') ?: '127.0.0.1', 'port' => (int) (getenv('REDIS_PORT') ?: 6379)],
    'prefix' => $prefix,
]);
$job = $queue->add('expand', [
    'v' => 1,
    'batch' => 'shop',
    'custom_id' => $customId,
    'source' => $source,
    'parameters' => ['output_ratio' => '16:9', 'add_watermark' => false],
]);
echo $job->id, PHP_EOL;
$queue->close();
