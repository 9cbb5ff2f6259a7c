#include "rtf_compressed.h"

#include <string.h>

#include "failure.h"
#include "run_limits.h"

enum {
    header_bytes = 16, dictionary_bytes = 4096, shortest_match = 2,
    form_compressed = 0x75465a4c, form_plain = 0x414c454d,
};

/// What the dictionary contains before the first byte.
static const char words[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

static struct {
    char bytes[dictionary_bytes];
    unsigned at;
} dictionary;

static void append(struct buffer *rtf, char byte) {
    buffer_byte(rtf, byte);
    dictionary.bytes[dictionary.at] = byte;
    dictionary.at = (dictionary.at + 1) % dictionary_bytes;
}

static void decompress(struct view data, struct buffer *rtf) {
    memcpy(dictionary.bytes, words, sizeof words - 1);
    memset(dictionary.bytes + sizeof words - 1, 0, dictionary_bytes - (sizeof words - 1));
    dictionary.at = sizeof words - 1;
    for (size_t at = header_bytes; at < data.length;) {
        // Each bit says whether a byte follows, or a reference to the dictionary.
        unsigned control = view_u8(data, at++);
        for (int bit = 0; bit < 8 && at < data.length; bit++, control >>= 1) {
            if (!(control & 1)) {
                append(rtf, (char)view_u8(data, at++));
                continue;
            }
            unsigned reference = (unsigned)view_u8(data, at) << 8 | view_u8(data, at + 1);
            unsigned from = reference >> 4, length = (reference & 15) + shortest_match;
            at += 2;
            // The end is marked by a reference to the place that is written next.
            if (from == dictionary.at) return;
            for (; length; length--, from++) {
                append(rtf, dictionary.bytes[from % dictionary_bytes]);
            }
        }
        if (rtf->length > limits.unpacked_bytes) {
            fail(FAILURE_TOO_LARGE, "the unpacked body of the message exceeds the limit");
        }
    }
}

bool rtf_decompress(struct view data, struct buffer *rtf) {
    switch (view_u32(data, 8)) {
    case form_compressed: decompress(data, rtf); return true;
    case form_plain: {
        struct view text = view_part(data, header_bytes, view_u32(data, 4));
        buffer_append(rtf, text.bytes, text.length);
        return true;
    }
    }
    return false;
}
