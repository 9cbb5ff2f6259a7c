import ProgramFrame
import Testing

@testable import OpenAI

/// The settings of the embeddings API.
@Suite struct OpenAISettingsTests {
    private func configurations(_ environment: [String: String]) throws -> [OpenAIConfiguration] {
        try OpenAISettings.configurations(
            Settings(of: OpenAISettings.declared, arguments: [], environment: environment))
    }

    @Test func `the API of OpenAI needs a key, and the error names both settings`() throws {
        let fault = #expect(throws: SettingFault.self) { try configurations([:]) }
        let text = "\(try #require(fault))"
        #expect(text.contains("--openai-api-key must be set"))
        #expect(text.contains("--openai-base-url"))
        #expect(try configurations(["MILLRACE_OPENAI_API_KEY": "k"]).map(\.key?.value) == ["k"])
        let mixed = [
            "MILLRACE_OPENAI_BASE_URL": "http://127.0.0.1:1/v1,https://api.openai.com/v1"
        ]
        #expect(throws: SettingFault.self) {
            try configurations(mixed.merging(["MILLRACE_OPENAI_API_KEY": "k,"]) { $1 })
        }
        let keys = try configurations(mixed.merging(["MILLRACE_OPENAI_API_KEY": ",k"]) { $1 })
            .map(\.key?.value)
        #expect(keys == [nil, "k"])
    }

    @Test func `a local server needs no key`() throws {
        let found = try configurations(["MILLRACE_OPENAI_BASE_URL": "http://127.0.0.1:1/v1"])
        #expect(found.map(\.key?.value) == [nil])
    }
}
