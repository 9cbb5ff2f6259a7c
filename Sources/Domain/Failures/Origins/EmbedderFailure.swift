/// Failures of an embedder, local or remote: limits of the model, and vectors that break the
/// contract of the port `Embedder`.
package enum EmbedderFailure: String, CaseIterable, Sendable {
    case inputTooLong = "embedding_input_too_long"
    case modelRefused = "embedding_model_refused"
    case requestTooLarge = "embedding_request_too_large"
    case vectorCount = "embedding_count"
    case vectorIndex = "embedding_index"
    case vectorLength = "embedding_length"
    case vectorNotFinite = "embedding_not_finite"
    case vectorPadding = "embedding_padding"
    case vectorWidth = "embedding_width"
    case vectorZero = "embedding_zero"

    var entry: FailureEntry {
        switch self {
        case .inputTooLong:
            .init(
                .never, status: 422,
                "A text exceeds the model's limit. Use smaller chunks, or a shorter query.")
        case .modelRefused:
            .init(.never, status: 422, "The local model cannot embed the text: report this defect.")
        case .requestTooLarge:
            .init(.never, status: 422, "A single text exceeds the request limit of the provider.")
        case .vectorCount:
            .init(.counted, status: 503, "The embedder returned a different number of vectors.")
        case .vectorIndex:
            .init(.counted, status: 503, "The embedder returned a wrong or repeated index.")
        case .vectorLength:
            .init(.counted, status: 503, "The embedder returned a vector whose length is not 1.")
        case .vectorNotFinite:
            .init(.counted, status: 503, "The embedder returned NaN or infinity.")
        case .vectorPadding:
            .init(.counted, status: 503, "The embedder returned numbers past its width.")
        case .vectorWidth:
            .init(.counted, status: 503, "The vectors have a different width. Check the setting.")
        case .vectorZero:
            .init(.counted, status: 503, "The embedder returned a vector of zeros.")
        }
    }
}
