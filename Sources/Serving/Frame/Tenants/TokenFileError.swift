/// An error in a file of tokens. Never contains any part of a token.
package struct TokenFileError: Error, CustomStringConvertible {
    package let line: Int
    package let reason: String
    package var description: String { "Line \(line) of the tokens: \(reason)." }
}
