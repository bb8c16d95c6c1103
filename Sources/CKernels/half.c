// IEEE 754 half precision by bits, round to nearest even.
#include <math.h>
#include <string.h>

#include "kernels.h"

float spa_float_from_half(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, mantissa = h & 1023, bits;
    if (exponent == 31) {
        bits = sign | 0x7f800000 | mantissa << 13;
    } else if (exponent) {
        bits = sign | (exponent + 112) << 23 | mantissa << 13;
    } else {
        float value = (float)mantissa * 0x1p-24f;
        return sign ? -value : value;
    }
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint16_t spa_half_from_float(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude >= 0x7f800000) return (uint16_t)(sign | 0x7c00 | (magnitude > 0x7f800000 ? 0x200 : 0));
    if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
    if (magnitude < 0x38800000) {
        float value;
        memcpy(&value, &magnitude, sizeof value);
        // Adding 0.5 puts the half's last place at the float's last place, so that the addition rounds for us.
        value += 0.5f;
        uint32_t rounded;
        memcpy(&rounded, &value, sizeof rounded);
        return (uint16_t)(sign | (rounded - 0x3f000000));
    }
    uint32_t odd = magnitude >> 13 & 1;
    return (uint16_t)(sign | ((magnitude + 0xc8000fff + odd) >> 13));
}

float spa_logarithm(float x) { return logf(x); }
