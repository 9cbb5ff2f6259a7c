/// A secret whose value never appears in logs or dumps.
package struct APIKey: Sendable, CustomStringConvertible, CustomReflectable {
    package let value: String
    package init(_ value: String) { self.value = value }

    package var description: String { "(not shown)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
