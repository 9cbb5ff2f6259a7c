// Matrix products from OpenBLAS. The library is loaded with the model, so programs that do not
// embed do not need it.
#pragma once

#include <cblas.h>

/// `cblas_sgemm`; NULL until `transformer_load_products` has succeeded.
extern __typeof__(&cblas_sgemm) blas_sgemm;
