import Domain
import Parsers
import Pipeline
import Testing

/// Messages of Outlook.
@Suite(.timeLimit(.minutes(5))) struct MSGTests {
    private func wide(_ property: String, _ text: String) -> CompoundFile.Entry {
        .stream("__substg1.0_\(property)001F", text.wideBytes)
    }

    private func properties(header: Int, _ values: [(tag: UInt32, value: UInt64)])
        -> CompoundFile.Entry
    {
        let bytes = values.flatMap {
            $0.tag.littleBytes + UInt32(6).littleBytes + $0.value.littleBytes
        }
        return .stream(
            "__properties_version1.0", [UInt8](repeating: 0, count: header) + bytes)
    }

    private func text(_ entries: [CompoundFile.Entry]) async throws(JobFailure) -> String {
        let text = try await Sandbox.parse(CompoundFile.bytes(entries), as: .msg).markdown
        #expect(text.hasSuffix("\n"))
        return String(text.dropLast())
    }

    /// 3 March 2026, 08:12:00 UTC, in tenths of a microsecond since 1601.
    private static let sent = UInt64(1_772_525_520 + 11_644_473_600) * 10_000_000

    private func recipient(_ number: Int, kind: UInt64, _ name: String) -> CompoundFile.Entry {
        .storage(
            "__recip_version1.0_#0000000\(number)",
            [
                properties(header: 8, [(0x0c15_0003, kind)]), wide("3001", name),
                wide("39FE", "\(name.lowercased())@example.org"),
            ])
    }

    @Test func `a message has its headers, its body and the names of its files`() async throws {
        let found = try await text([
            properties(header: 32, [(0x0039_0040, Self.sent)]),
            wide("0037", "Überweisung für Los 12"), wide("0042", "Ann Field"),
            wide("5D02", "ann@example.org"), wide("1000", "Paid on Monday: 4.310 €"),
            recipient(0, kind: 1, "Bodo"), recipient(1, kind: 2, "Faro"),
            .storage(
                "__attach_version1.0_#00000000",
                [
                    properties(header: 8, [(0x3705_0003, 1)]), wide("3707", "invoice.pdf"),
                    .stream("__substg1.0_37010102", [1, 2, 3]),
                ]),
        ])
        #expect(
            found == """
                # Überweisung für Los 12

                From: Ann Field <ann@example.org>
                To: Bodo <bodo@example.org>
                Cc: Faro <faro@example.org>
                Date: 2026-03-03 08:12:00 +00:00

                Paid on Monday: 4.310 €

                Attachments: invoice.pdf
                """)
    }

    @Test func `an embedded message is a section`() async throws {
        let inner: [CompoundFile.Entry] = [
            properties(header: 24, []), wide("0037", "Inner"), wide("1000", "quoted text"),
        ]
        let found = try await text([
            properties(header: 32, []), wide("0037", "Outer"), wide("1000", "see below"),
            .storage(
                "__attach_version1.0_#00000000",
                [
                    properties(header: 8, [(0x3705_0003, 5)]),
                    .storage("__substg1.0_3701000D", inner),
                ]),
        ])
        #expect(found == "# Outer\n\nsee below\n\n## Inner\n\nquoted text")
    }

    @Test func `a body in HTML or in compressed RTF is read if there is no plain one`()
        async throws
    {
        let page = try await text([
            properties(header: 32, [(0x3fde_0003, 1251)]), wide("0037", "Page"),
            .stream("__substg1.0_10130102", Array("<p>".utf8) + [0xcf, 0xf0, 0xe8]),
        ])
        #expect(page == "# Page\n\nПри")
        // The example of [MS-OXRTFCP]: `{\rtf1\ansi\ansicpg1252\pard hello world}`.
        let compressed: [UInt8] = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 3, 0,
            0x0a, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
            0x65, 0x6c, 9, 0, 0x20, 0x62, 0x77, 5, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ]
        let rich = try await text([
            properties(header: 32, []), wide("0037", "Rich"),
            .stream("__substg1.0_10090102", compressed),
        ])
        #expect(rich == "# Rich\n\nhello world")
    }

    @Test func `text of one byte a character is in the code page of the message`() async throws {
        let found = try await text([
            properties(header: 32, [(0x3ff1_0003, 1049)]),
            .stream("__substg1.0_0037001E", [0xcf, 0xf0, 0xe8]),
            .stream("__substg1.0_1000001E", [0xcf, 0xf0, 0xe8]),
        ])
        #expect(found == "# При\n\nПри")
    }
}
