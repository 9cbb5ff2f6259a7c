#pragma once
#include <stddef.h>
#include <stdint.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/// Produces a copy of a message with the variadic `rd_kafka_producev`, which Swift cannot call.
rd_kafka_resp_err_t kafka_produce(rd_kafka_t *client, const char *topic, const void *key,
                                  size_t key_length, const void *value, size_t value_length,
                                  rd_kafka_headers_t *headers, void *opaque);

/// Makes the next loopback socket that this thread binds without a port take `port`.
///
/// librdkafka's mock cluster always binds a free port; a broker that is restarted has to come
/// back where its clients look for it. 0 turns it off. See `kafka_bind_port.c`.
void kafka_bind_next_to(uint16_t port);
