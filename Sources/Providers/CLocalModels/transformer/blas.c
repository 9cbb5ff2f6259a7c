#include "blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "CLocalModels.h"

__typeof__(&cblas_sgemm) blas_sgemm;

// Selects the kernels by what the processor supports. OpenBLAS selects by model number and falls
// back to kernels of 2004 on models newer than itself, at a quarter of the speed. OpenBLAS reads
// the variable when it is loaded. An operator's own value takes precedence.
//
// This must not be a constructor: setenv moves `environ`, and in a statically linked program Swift
// finds the command line's arguments by `environ` after constructors have run.
static void select_kernels(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool has512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    bool has256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (has512 || has256) setenv("OPENBLAS_CORETYPE", has512 ? "SKYLAKEX" : "HASWELL", 0);
#endif
}

static char fault[256];
static __typeof__(&openblas_get_corename) corename;

static void load(void) {
    select_kernels();
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    __typeof__(&openblas_set_num_threads) set_threads =
        library ? dlsym(library, "openblas_set_num_threads") : NULL;
    corename = set_threads ? dlsym(library, "openblas_get_corename") : NULL;
    blas_sgemm = corename ? dlsym(library, "cblas_sgemm") : NULL;
    if (blas_sgemm) return set_threads(1);
    const char *reason = dlerror();
    snprintf(fault, sizeof fault, "%s", reason ? reason : "it lacks a function");
}

const char *transformer_load_products(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return blas_sgemm ? NULL : fault;
}

const char *transformer_kernels(void) { return blas_sgemm ? corename() : NULL; }
