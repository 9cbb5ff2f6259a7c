#pragma once
#include <stddef.h>
#include <stdint.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/// Produces a copy of a message with the variadic `rd_kafka_producev`, which Swift cannot call.
///
/// NULL is no key, and an empty value for a value. Takes over `headers` (may be NULL) only on
/// success.
rd_kafka_resp_err_t kafka_produce(rd_kafka_t *client, rd_kafka_topic_t *topic, const void *key,
                                  size_t key_length, const void *value, size_t value_length,
                                  rd_kafka_headers_t *headers, void *opaque);

/// Names the calling thread for debuggers and `top`; 15 bytes are kept.
void kafka_name_thread(const char *name);

/// Listens on a port of an IPv4 address of this machine, for the mock cluster that this thread
/// creates next. The mock cluster advertises that address.
///
/// librdkafka's mock cluster always binds a free loopback port. A restarted broker must return to
/// the address its clients know. Returns 0, or the errno of what failed. See `kafka_listener.c`.
int kafka_offer_listener(const char *host, uint16_t port);

/// Closes what was offered and not taken. Returns 1 when there was such a listener.
int kafka_withdraw_listener(void);
