#include "clean.h"

#include <math.h>

#include "failure.h"

enum {
    /// Black spots of a page. A dense page of text has 10,000. The time to find the lines grows
    /// faster than their number, and that part of the library cannot be cancelled.
    spots_most = 30000,
    /// Fewer spots are not noise, even if most of them are small.
    spots_few = 500,
    /// Width and height in pixels up to which a spot is a speck.
    speck = 2,
    /// Height in pixels up to which letters are small.
    small_letter = 20,
    /// Degrees by which lines may be inclined.
    skew_most = 15,
    /// A rule of a table or a frame is less than this thick and at least this long, in pixels, and
    /// at least as long as this part of the shorter side of the page. Strokes of letters are not.
    rule_thickness = 7, rule_length = 60, rule_share = 16,
    /// Gray value below which a pixel can belong to a rule; the ground is 255.
    rule_darkness = 215,
};

/// A picture that leptonica made. It makes none only if it runs out of memory.
static pix checked(pix made) {
    if (!made) fail(FAILURE_TOO_LARGE, "the document needs more memory than the limit");
    return made;
}

static void replace(pix *picture, pix made) {
    checked(made);
    leptonica.Destroy(picture);
    *picture = made;
}

/// The picture in black and white, as the engine sees it.
static pix black_of(pix gray) {
    tesseract.SetImage2(engine, gray);
    return checked(tesseract.GetThresholdedImage(engine));
}

static int spots_of(pix black) {
    int count = 0;
    leptonica.CountConnComp(black, 8, &count);
    return count;
}

/// Whether most of the spots are specks, as in a bad copy.
static bool is_noisy(pix black, int spots) {
    if (spots < spots_few) return false;
    pix larger = leptonica.SelectBySize(black, speck, speck, 8, PIX_EITHER, PIX_GREATER, NULL);
    if (!larger) return false;
    int count = spots_of(larger);
    leptonica.Destroy(&larger);
    return count * 2 < spots;
}

void ocr_magnify(pix *gray) {
    pix black = black_of(*gray);
    int spots = spots_of(black);
    pix tall = leptonica.SelectBySize(black, small_letter, small_letter, 8, PIX_HEIGHT,
                                      PIX_GREATER, NULL);
    bool large = tall && spots_of(tall) * 2 > spots;
    if (tall) leptonica.Destroy(&tall);
    leptonica.Destroy(&black);
    if (!large) replace(gray, leptonica.Scale(*gray, 2, 2));
}

static enum ocr_cleanness remove_specks(pix *gray) {
    pix black = black_of(*gray);
    int spots = spots_of(black);
    if (is_noisy(black, spots)) {
        replace(gray, leptonica.RankFilterGray(*gray, 3, 3, 0.5f));
        replace(&black, black_of(*gray));
        spots = spots_of(black);
    }
    leptonica.Destroy(&black);
    return spots == 0 ? OCR_BLANK : spots > spots_most ? OCR_TOO_MANY_SPOTS : OCR_CLEAN;
}

/// Turns the page by up to 15 degrees, so that its lines are level.
static void straighten(pix *gray) {
    float angle = 0, certainty = 0;
    pix black = black_of(*gray);
    leptonica.FindSkewSweepAndSearch(black, &angle, &certainty, 4, 2, skew_most, 1, 0.01f);
    leptonica.Destroy(&black);
    if (certainty < 3 || fabsf(angle) < 0.2f) return;
    int width = leptonica.GetWidth(*gray), height = leptonica.GetHeight(*gray);
    float radians = angle * 3.14159265f / 180;
    replace(gray, leptonica.Rotate(*gray, radians, PIX_AREA_MAP, PIX_WHITE, width, height));
}

/// The rules in one direction. `thick_width` or `thick_height` is what a rule must not reach.
static pix rules_of(pix wide, int width, int height, int thick_width, int thick_height) {
    pix rules = checked(leptonica.OpenBrick(NULL, wide, width, height));
    pix thick = checked(leptonica.OpenBrick(NULL, rules, thick_width, thick_height));
    leptonica.Subtract(rules, rules, thick);
    leptonica.Destroy(&thick);
    leptonica.Destroy(&wide);
    return rules;
}

/// Paints rules white. The engine would take a table with rules for a picture.
static void remove_rules(pix gray) {
    int side = leptonica.GetWidth(gray) < leptonica.GetHeight(gray)
        ? leptonica.GetWidth(gray) : leptonica.GetHeight(gray);
    int length = side / rule_share > rule_length ? side / rule_share : rule_length;
    // Hairlines are gray. Those that are not quite level have steps, so all are made thicker.
    pix black = checked(leptonica.ThresholdToBinary(gray, rule_darkness));
    pix tall = checked(leptonica.DilateBrick(NULL, black, 1, 3));
    pix across = rules_of(tall, length, 1, length, rule_thickness + 2);
    pix wide = checked(leptonica.DilateBrick(NULL, black, 3, 1));
    pix down = rules_of(wide, 1, length, rule_thickness + 2, length);
    leptonica.Or(across, across, down);
    pix mask = checked(leptonica.DilateBrick(NULL, across, 3, 3));
    leptonica.SetMasked(gray, mask, 255);
    leptonica.Destroy(&mask);
    leptonica.Destroy(&down);
    leptonica.Destroy(&across);
    leptonica.Destroy(&black);
}

void ocr_turn(pix *gray, int quarters) {
    if (quarters % 4) replace(gray, leptonica.RotateOrth(*gray, quarters % 4));
}

/// Quarters by which the page must be turned clockwise. Letters of Latin scripts rise above their
/// line more often than they descend below it. Returns 0 if that decides nothing.
static int quarters_of(pix gray) {
    enum { decisive = 8 };
    float up = 0, left = 0;
    pix black = black_of(gray);
    leptonica.OrientDetect(black, &up, &left, 0, 0);
    leptonica.Destroy(&black);
    if (fabsf(up) < decisive && fabsf(left) < decisive) return 0;
    if (fabsf(up) >= fabsf(left)) return up > 0 ? 0 : 2;
    return left > 0 ? 1 : 3;
}

/// Makes light text on a dark ground dark on light.
static void make_ground_light(pix *gray) {
    float dark = 0;
    pix black = checked(leptonica.ThresholdToBinary(*gray, 128));
    leptonica.ForegroundFraction(black, &dark);
    leptonica.Destroy(&black);
    if (dark > 0.5f) replace(gray, leptonica.Invert(NULL, *gray));
}

enum ocr_cleanness ocr_clean(pix *gray) {
    make_ground_light(gray);
    // Leptonica's usual values, except that the background becomes white rather than gray.
    replace(gray, leptonica.BackgroundNorm(*gray, NULL, NULL, 10, 15, 60, 40, 255, 2, 1));
    enum ocr_cleanness cleanness = remove_specks(gray);
    if (cleanness != OCR_CLEAN) return cleanness;
    straighten(gray);
    int quarters = quarters_of(*gray);
    ocr_turn(gray, quarters);
    if (quarters % 2) straighten(gray);
    remove_rules(*gray);
    return OCR_CLEAN;
}
