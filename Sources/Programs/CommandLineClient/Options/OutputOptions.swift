import ArgumentParser
import FoundationEssentials

/// Options for the form of a command's output.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, for programs, instead of text.")
    var json = false

    @Flag(
        help: """
            Print without colour. The default when NO_COLOR is set or the output is not a terminal.
            """)
    var noColor = false

    var style: Style {
        let environment = ProcessInfo.processInfo.environment
        return Style(
            isColored: !noColor && Output.isTerminal
                && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb")
    }
}

/// A page of a list, as the API serves it.
struct PageOptions: ParsableArguments {
    @Option(help: "Maximum number of rows of the page, 1 to 1000.")
    var limit = 100

    @Option(help: "Begin after this cursor, which the previous page printed as 'next'.")
    var after: String?

    func validate() throws {
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit must be between 1 and 1000.")
        }
    }

    var parameters: [String: String?] { ["limit": "\(limit)", "after": after] }

    /// Names the command for the next page, if there is one.
    static func printNext(_ next: String?) {
        if let next { Output.line("There are more: --after \(next)") }
    }
}
