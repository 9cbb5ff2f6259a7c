#include "picture.h"

#include <math.h>
#include <string.h>

#include "clean.h"
#include "exif.h"
#include "gif.h"

enum {
    /// Bytes of a decoded picture, as of 100 megapixels in color or 400 in gray.
    decoded_most = 400 << 20,
    /// Pixels that the engine gets, as of ISO A3 at 200 dots per inch. Larger pictures are reduced.
    pixels_most = 8000000,
    /// A picture with fewer pixels may be a screenshot with small letters.
    pixels_few = 1600000,
    side_most = 60000,
};

struct header { int format, width, height, bits, samples, has_map; };

static bool is_tiff(const struct buffer *file) {
    return file->length > 4 &&
        (!memcmp(file->bytes, "II*\0", 4) || !memcmp(file->bytes, "MM\0*", 4));
}

static bool read_header(const struct buffer *file, int page, struct header *header) {
    const uint8_t *bytes = (const uint8_t *)file->bytes;
    size_t length = file->length;
    int resolution;
    *header = (struct header){0};
    if (is_tiff(file)) {
        return !leptonica.ReadHeaderMemTiff(bytes, length, page, &header->width, &header->height,
                                            &header->bits, &header->samples, &resolution,
                                            &header->has_map, &header->format);
    }
    if (length > 4 && !memcmp(bytes, "GIF8", 4)) {
        header->bits = header->samples = 1;
        // Leptonica would decode the whole file to find its size.
        return gif_first_frame(file, &header->width, &header->height) > 0;
    }
    return !leptonica.ReadHeaderMem(bytes, length, &header->format, &header->width,
                                    &header->height, &header->bits, &header->samples,
                                    &header->has_map);
}

int picture_count(const struct buffer *file, int most) {
    if (!is_tiff(file)) return 1;
    struct header header;
    int count = 0;
    while (count <= most && read_header(file, count, &header)) count++;
    return count;
}

/// Power of two by which a JPEG is reduced while it is decoded.
static int jpeg_reduction(const struct header *header) {
    double pixels = (double)header->width * header->height;
    int reduction = 1;
    for (; reduction < 8 && pixels > 4.0 * pixels_most; reduction *= 2) pixels /= 4;
    return reduction;
}

static bool is_too_large(const struct header *header) {
    if (header->width > side_most || header->height > side_most) return true;
    // Leptonica uses 32 bits for a pixel with several samples or a map of colors. Of a JPEG only
    // the brightness is decoded. A picture with fewer bits becomes one of 8.
    bool gray = header->samples == 1 || (header->format == PIX_JPEG && header->samples == 3);
    double bits = !gray || header->has_map ? 32 : header->bits > 8 ? header->bits : 8;
    return (double)header->width * header->height * bits / 8 > (double)decoded_most;
}

static pix decode(const struct buffer *file, int page, const struct header *header) {
    const uint8_t *bytes = (const uint8_t *)file->bytes;
    if (is_tiff(file)) return leptonica.ReadMemTiff(bytes, file->length, page);
    if (header->format == PIX_JPEG) {
        int warnings;
        int hint = header->samples == 3 ? PIX_LUMINANCE : 0;
        return leptonica.ReadMemJpeg(bytes, file->length, 0, jpeg_reduction(header), &warnings,
                                     hint);
    }
    if (header->format) return leptonica.ReadMem(bytes, file->length);
    struct buffer frame = {0};
    int width, height;
    buffer_append(&frame, file->bytes, gif_first_frame(file, &width, &height));
    buffer_byte(&frame, ';');
    pix picture = leptonica.ReadMem((const uint8_t *)frame.bytes, frame.length);
    buffer_free(&frame);
    return picture;
}

/// Puts a transparent picture on white.
static void remove_transparency(pix picture) {
    int width = leptonica.GetWidth(picture), height = leptonica.GetHeight(picture);
    uint32_t *row = leptonica.GetData(picture);
    for (int y = 0; y < height; y++, row += leptonica.GetWpl(picture)) {
        for (int x = 0; x < width; x++) {
            uint32_t opaque = row[x] & 255, blended = 0;
            for (int shift = 8; shift < 32; shift += 8) {
                uint32_t sample = row[x] >> shift & 255;
                blended |= (255 - (255 - sample) * opaque / 255) << shift;
            }
            row[x] = blended;
        }
    }
}

static void replace(pix *picture, pix made) {
    leptonica.Destroy(picture);
    *picture = made;
}

/// Turns and mirrors a picture as its EXIF orientation says.
static void orient(pix *gray, int orientation) {
    static const int quarters[] = {0, 0, 0, 2, 2, 3, 1, 1, 3};
    bool mirrored = orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
    if (mirrored) replace(gray, leptonica.FlipLR(NULL, *gray));
    if (*gray && quarters[orientation]) {
        replace(gray, leptonica.RotateOrth(*gray, quarters[orientation]));
    }
}

static void fit(pix *gray) {
    double pixels = (double)leptonica.GetWidth(*gray) * leptonica.GetHeight(*gray);
    float scale = sqrtf((float)(pixels_most / pixels));
    if (scale < 0.95f) replace(gray, leptonica.Scale(*gray, scale, scale));
    else if (pixels < pixels_few) ocr_magnify(gray);
}

enum picture_state picture_decode(const struct buffer *file, int page, pix *gray) {
    struct header header;
    if (!read_header(file, page, &header) || header.width < 1 || header.height < 1) {
        return PICTURE_DAMAGED;
    }
    if (is_too_large(&header)) return PICTURE_TOO_LARGE;
    pix picture = decode(file, page, &header);
    if (!picture) return PICTURE_DAMAGED;
    if (leptonica.GetDepth(picture) == 32 && leptonica.GetSpp(picture) == 4) {
        remove_transparency(picture);
    }
    *gray = leptonica.ConvertTo8(picture, 0);
    leptonica.Destroy(&picture);
    if (*gray) orient(gray, exif_orientation(file));
    if (*gray) fit(gray);
    return *gray ? PICTURE_FINE : PICTURE_TOO_LARGE;
}
