/// The name under which an operator's actions are recorded.
package struct OperatorName: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// The name of an operator whose token has none.
    package static let unnamed = OperatorName(unchecked: "operator")

    /// `nil` unless the name is 1 to 64 ASCII letters, digits, dots, hyphens and underscores.
    package init?(_ text: some StringProtocol) {
        let isValid = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isValid, (1...64).contains(text.utf8.count) else { return nil }
        description = String(text)
    }

    private init(unchecked: String) { description = unchecked }
}
