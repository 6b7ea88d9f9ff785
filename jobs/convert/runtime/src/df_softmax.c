/* The probabilities of the classes, without a mathematics library and with the same bits on every machine. */
#include "df_operators.h"

/*
 * e^x for x <= 0, within 1e-13 of it: e^x = 2^n e^r with r = x - n ln 2, at most half of ln 2 from zero, and Taylor's
 * series of e^r up to r^11. What a float32 cannot hold any more (its smallest is 1.4e-45, e^-103.3) is 0.
 */
static double exponential(double x) {
    if (!(x > -110.0))
        return 0.0;
    const double log2_e = 1.4426950408889634, ln2_high = 0.693147180369123816490, ln2_low = 1.90821492927058770002e-10;
    const int32_t n = (int32_t)(x * log2_e - 0.5);
    const double r = (x - n * ln2_high) - n * ln2_low;
    double sum = 1.0;
    for (int32_t k = 11; k >= 1; k--) sum = 1.0 + sum * r / k;
    const union {
        uint64_t bits;
        double value;
    } power = {.bits = (uint64_t)(1023 + n) << 52};
    return sum * power.value;
}

void df_softmax(const int32_t *logits, float *probabilities) {
    const double scale = df_generated_info.logit_scale;
    const uint32_t classes = df_generated_info.classes;
    double largest = scale * logits[0];
    for (uint32_t k = 1; k < classes; k++) {
        if (scale * logits[k] > largest)
            largest = scale * logits[k];
    }
    double sum = 0.0;
    for (uint32_t k = 0; k < classes; k++) sum += exponential(scale * logits[k] - largest);
    for (uint32_t k = 0; k < classes; k++) probabilities[k] = (float)(exponential(scale * logits[k] - largest) / sum);
}
