/// Why a tokenizer or a chunker could not be created, or a text could not be cut.
package enum ChunkerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The rank file cannot be read.
    case ranksUnreadable(path: String, reason: String)
    /// The file is not the pinned cl100k_base rank file.
    case ranksMismatch(path: String, expectedSHA256: String, foundSHA256: String)
    /// A line of the rank file is not "base64 rank"; `line` is 1-based.
    case ranksMalformed(path: String, line: Int)
    /// The limits contradict each other; contains every fault.
    case limitsInvalid([String])
    /// The text is not valid UTF-8.
    case notUTF8

    package var description: String {
        switch self {
        case .ranksUnreadable(let path, let reason):
            "the token ranks at \(path) cannot be read: \(reason)"
        case .ranksMismatch(let path, let expected, let found):
            "the token ranks at \(path) have SHA-256 \(found), expected \(expected)"
        case .ranksMalformed(let path, let line):
            "the token ranks at \(path) are malformed in line \(line)"
        case .notUTF8: "the text is not valid UTF-8"
        case .limitsInvalid(let faults):
            "the chunk limits are invalid: " + faults.joined(separator: "; ")
        }
    }
}
