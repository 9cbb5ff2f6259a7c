import Foundation
import Testing

@testable import ProgramFrame

/// Flags, environment, files and defaults.
@Suite struct SettingsTests {
    static let place = Setting.text("place", "Where", default: "here")
    static let address = Setting.text("server-address", "The server", isSecret: true)
    static let count = Setting.number("count", "How many", default: 3, in: 1...10)
    static let wait = Setting.time("wait", "How long", default: "250ms")
    static let extra = Setting.optionalText("extra", "More")
    enum Measure: String, CaseIterable, Sendable { case tokens, characters }
    static let measure = Setting<Measure>.choice("measure", "What in", default: .tokens)
    static let budget = Setting.number("budget", "Pages per day", or: "unlimited", in: 1...1000)
    static let port = Setting.number("port", "Port", or: "any", default: 80, in: 1...65535)
    static let all: [any SettingDeclaration] = [
        place, address, count, wait, extra, measure, budget, port,
    ]

    private func settings(
        _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) throws -> Settings {
        try Settings(
            of: Self.all, arguments: arguments,
            environment: ["MILLRACE_SERVER_ADDRESS": "host"].merging(environment) { $1 })
    }

    @Test func `a flag wins over the environment, and the environment over the default`() throws {
        #expect(try settings()[Self.place] == "here")
        let environment = ["MILLRACE_PLACE": "there", "MILLRACE_COUNT": "7"]
        #expect(try settings([], environment)[Self.place] == "there")
        let both = try settings(["--place", "elsewhere", "--wait=2m"], environment)
        #expect(both[Self.measure] == .tokens)
        #expect(both[Self.place] == "elsewhere")
        #expect(both[Self.count] == 7)
        #expect(both[Self.wait] == .seconds(120))
        #expect(both[Self.extra] == nil)
    }

    @Test func `a value may contain an equals sign, and an optional one may be empty`()
        throws
    {
        #expect(try settings(["--place=a=b"])[Self.place] == "a=b")
        #expect(try settings(["--extra=", "--place", "x"])[Self.extra] == nil)
        #expect(try settings(["--measure=characters"])[Self.measure] == .characters)
    }

    @Test func `a value can be read from a file`() throws {
        let file = NSTemporaryDirectory() + "millrace-setting-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "from a file\n".write(toFile: file, atomically: true, encoding: .utf8)
        let settings = try Settings(
            of: Self.all, arguments: [], environment: ["MILLRACE_SERVER_ADDRESS_FILE": file])
        #expect(settings[Self.address] == "from a file")
    }

    @Test func `all faults are reported at once, each by its flag`() {
        let error = #expect(throws: SettingsError.self) {
            try Settings(
                of: Self.all,
                arguments: [
                    "--count", "11", "--wait=soon", "--colour=red", "now", "--measure=miles",
                    "--place",
                ],
                environment: ["MILLRACE_SERVER_ADDRESS_FILE": "/nonexistent"])
        }
        let faults = error?.faults ?? []
        for part in [
            "must be a number from 1 to 10, not '11'", "not 'soon'",
            "must be one of tokens, characters, not 'miles'", "unknown flag '--colour'",
            "unexpected argument 'now'", "--place needs a value",
            "cannot read '/nonexistent'", "--server-address or MILLRACE_SERVER_ADDRESS is required",
        ] {
            #expect(faults.contains { $0.contains(part) }, "\(part)")
        }
        #expect(faults.count == 8)
    }

    @Test(arguments: ["0s", "-1s", "1.5s", "s", "5", "2000000h", "1 s"])
    func `an invalid time is refused`(text: String) {
        #expect(throws: SettingsError.self) { try settings(["--wait", text]) }
    }

    @Test func `a secret is not shown`() throws {
        let settings = try settings([], ["MILLRACE_SERVER_ADDRESS": "user:password@host"])
        #expect(settings[Self.address] == "user:password@host")
        #expect(settings.display(Self.address) == "(not shown)")
        #expect(settings.display(Self.place) == "here")
    }

    @Test func `help describes every setting`() {
        let help = Program("tool", "does things", settings: Self.all).help
        for setting in Self.all {
            #expect(help.contains(setting.flag) && help.contains(setting.variable))
            #expect(help.contains(setting.help))
        }
        #expect(help.contains("MILLRACE_SERVER_ADDRESS; required"))
    }

    @Test func `a word is the value where a number would have to mean something else`() throws {
        #expect(try settings()[Self.budget] == nil)
        #expect(try settings(["--budget", "unlimited"])[Self.budget] == nil)
        #expect(try settings(["--budget", "7"])[Self.budget] == 7)
        #expect(try settings()[Self.port] == 80)
        #expect(try settings(["--port", "any"])[Self.port] == nil)
    }

    @Test(arguments: ["0", "1001", "-1", "any", "Unlimited", ""])
    func `the error names the word and the range`(text: String) {
        let error = #expect(throws: SettingsError.self) { try settings(["--budget", text]) }
        #expect(
            error?.faults == [
                "--budget (MILLRACE_BUDGET): must be 'unlimited' or a number from 1 to 1000, "
                    + "not '\(text)'"
            ])
    }

    @Test func `the reference has a line per setting with its default and its range`() {
        let lines = Program("tool", "does things", settings: Self.all).reference
            .split(separator: "\n")
        #expect(lines.first == "tool\tdoes things")
        #expect(lines.contains("--server-address\tMILLRACE_SERVER_ADDRESS\trequired\tThe server"))
        #expect(lines.contains("--extra\tMILLRACE_EXTRA\tnone\tMore"))
        #expect(
            lines.contains(
                "--budget\tMILLRACE_BUDGET\t`unlimited`\tPages per day (unlimited, or 1 to 1000)"))
    }
}
