/// Why a local model cannot be used.
package enum LocalModelError: Error, Equatable, CustomStringConvertible {
    /// The selected model has no folder, or the folder has none of its files.
    case notInstalled(model: String, directory: String?, advice: String)
    /// A file is missing or cannot be read; `reason` is the system's message.
    case unreadable(path: String, reason: String)
    /// A file is not the version that this program requires.
    case wrongDigest(path: String, expected: String, found: String)
    /// The file does not have the form of a model.
    case malformed(path: String, reason: String)
    case outOfMemory

    package var description: String {
        switch self {
        case .notInstalled(let model, let directory, let advice):
            "\(model) is not installed in \(directory ?? "any folder"): \(advice)"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .wrongDigest(let path, let expected, let found):
            "\(path) is damaged or another version: its SHA-256 is \(found), not \(expected)"
        case .malformed(let path, let reason): "\(path) is not a usable model: \(reason)"
        case .outOfMemory: "the model's workspace does not fit into memory"
        }
    }
}
