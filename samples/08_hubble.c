/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 8: a real job. A picture of the Hubble Ultra Deep Field is loaded from a .npy file, measured, searched for
 * bright sources, stretched so that the faint galaxies show, and written as a PNG.
 *
 * You learn   how the pieces work together: files, dtypes, slices, broadcasting, formulas, reductions, C code around
 *             them.
 * New         ls_load, ls_astype, ls_std, ls_to_host
 * Usage       08_hubble [data/hubble.npy [hubble.png]]
 * Expect      1000 x 872 pixels, mean luminance 0.0764, 974 bright sources, and the name of the picture */
#include <lockstep.h>
#include <png.h>
#include <stdio.h>

#include "common.h"

/* Pixels that are brighter than `limit` and than each of their eight neighbours. */
static ls_array *find_sources(ls_array *light, double limit)
{
    ls_array *centre = ls_at(light, "1:-1, 1:-1");
    ls_array *found = ls_greater(centre, limit);
    for (int dy = 0; dy < 3; dy++) {
        for (int dx = 0; dx < 3; dx++) {
            if (dy == 1 && dx == 1) continue;
            ls_array *neighbour =
                ls_at(light, "%d:%d, %d:%d", dy, (int)ls_dim(light, 0) - 2 + dy, dx, (int)ls_dim(light, 1) - 2 + dx);
            found = ls_logical_and(found, ls_greater(centre, neighbour));
        }
    }
    return found;
}

static int write_png(const char *path, const uint8_t *rgb, int64_t height, int64_t width)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = (png_uint_32)width, .height = (png_uint_32)height,
                       .format = PNG_FORMAT_RGB};
    if (png_image_write_to_file(&image, path, 0, rgb, 0, NULL)) return 0;
    fprintf(stderr, "%s: %s\n", path, image.message);
    return 1;
}

int main(int argc, char **argv)
{
    const char *input = argc > 1 ? argv[1] : "data/hubble.npy", *output = argc > 2 ? argv[2] : "hubble.png";

    ls_array *pixels = ls_divide(ls_astype(ls_load(input), LS_FLOAT32), 255.0); /* (height, width, 3), 0 to 1 */
    ls_array *r = ls_at(pixels, "..., 0"), *g = ls_at(pixels, "..., 1"), *b = ls_at(pixels, "..., 2");
    ls_array *light = ls_eval("0.2126*r + 0.7152*g + 0.0722*b", r, g, b);
    CHECK(ls_evaluate(light));

    double mean, deviation, brightest;
    CHECK(ls_item(ls_mean(light), &mean));
    CHECK(ls_item(ls_std(light), &deviation));
    CHECK(ls_item(ls_max(light), &brightest));
    const int64_t height = ls_dim(pixels, 0), width = ls_dim(pixels, 1);
    printf("%lld x %lld pixels, mean luminance %.6f, deviation %.6f, brightest %.6f\n", (long long)width,
           (long long)height, mean, deviation, brightest);

    int64_t sources;
    const double limit = mean + 5 * deviation;
    CHECK(ls_item(ls_count_nonzero(find_sources(light, limit)), &sources));
    printf("%lld bright sources above %.4f\n", (long long)sources, limit);

    /* The astronomers' stretch: without the sky's glow; asinh is linear for the faint and logarithmic for the bright;
     * one gain for all three colours of a pixel keeps its hue. */
    double sky = 0.5 * mean;
    ls_array *gain = ls_eval("asinh(15 * maximum(light - sky, 0)) / asinh(15.0) / maximum(light, 0.001)", light, sky);
    gain = ls_expand_dims(gain, LS_AXIS(2));
    ls_array *picture =
        ls_astype(ls_clip(ls_round(ls_multiply(ls_multiply(pixels, gain), 255.0)), 0.0, 255.0), LS_UINT8);

    uint64_t total;
    CHECK(ls_item(ls_sum(picture), &total)); /* exact, and the same on every machine */
    printf("the bytes of the stretched picture add up to %llu\n", (unsigned long long)total);

    uint8_t *rgb = malloc((size_t)(height * width * 3));
    if (!rgb) return 1;
    const int failed =
        ls_to_host(picture, rgb, height * width * 3) ? ls_perror(NULL) : write_png(output, rgb, height, width);
    free(rgb);
    if (!failed) printf("the picture is %s\n", output);
    return failed;
}
