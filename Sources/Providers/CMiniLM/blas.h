// Matrix products, from OpenBLAS, which is loaded with the model: programs that embed nothing do
// without it.
#pragma once

#include <cblas.h>

/// `cblas_sgemm`, once `minilm_load_products` has succeeded.
extern __typeof__(&cblas_sgemm) blas_sgemm;
