#include "CKafkaShim.h"

rd_kafka_resp_err_t kafka_produce(rd_kafka_t *client, rd_kafka_topic_t *topic, const void *key,
                                  size_t key_length, const void *value, size_t value_length,
                                  rd_kafka_headers_t *headers, void *opaque) {
    // A NULL value would be a tombstone.
    const void *payload = value != NULL ? value : "";
    if (headers == NULL)
        return rd_kafka_producev(
            client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_KEY(key, key_length), RD_KAFKA_V_VALUE((void *)payload, value_length),
            RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
    return rd_kafka_producev(
        client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(key, key_length), RD_KAFKA_V_VALUE((void *)payload, value_length),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}
