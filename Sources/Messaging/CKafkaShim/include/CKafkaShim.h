#pragma once
#include <stddef.h>
#include <stdint.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/// Produces a copy of a message with the variadic `rd_kafka_producev`, which Swift cannot call.
///
/// A NULL key means no key; a NULL value means an empty value. Takes ownership of `headers` (may
/// be NULL) only on success.
rd_kafka_resp_err_t kafka_produce(rd_kafka_t *client, rd_kafka_topic_t *topic, const void *key,
                                  size_t key_length, const void *value, size_t value_length,
                                  rd_kafka_headers_t *headers, void *opaque);

/// Names the calling thread for debuggers and `top`. The name is cut to 15 bytes.
void kafka_name_thread(const char *name);

/// Listens on an IPv4 address and port of this machine; port 0 selects a free one. Returns the
/// socket, or the negative errno.
int kafka_listen(const char *host, uint16_t port);

/// Makes the mock cluster that this thread creates next advertise the address of `listener`. The
/// mock cluster itself always listens on a free loopback port. See `kafka_listener.c`.
void kafka_advertise(int listener);

/// Ends the effect of `kafka_advertise`. Returns the port that the mock cluster listens on, or 0
/// when none was created or the program does not export its own `getsockname`.
uint16_t kafka_mock_port(void);
