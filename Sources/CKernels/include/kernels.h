#ifndef SPA_KERNELS_H
#define SPA_KERNELS_H
#endif
