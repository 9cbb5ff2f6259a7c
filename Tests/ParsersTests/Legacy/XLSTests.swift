import Domain
import Parsers
import Pipeline
import Testing

/// Excel workbooks from before 2007.
@Suite(.timeLimit(.minutes(5))) struct XLSTests {
    private func text(
        globals: [UInt8] = [], _ sheets: [(name: String, state: UInt8, records: [UInt8])]
    ) async throws(JobFailure) -> String {
        try await Sandbox.parse(
            XLSFile.workbook(globals: globals, sheets: sheets), as: .xls
        ).markdown
    }

    private static let heading =
        XLSFile.label(0, 0, "Depot") + XLSFile.label(0, 1, "Tonnes") + XLSFile.label(0, 2, "Since")

    @Test func `values are shown by their formats, also in several cells of one record`()
        async throws
    {
        var globals = XLSFile.record(0x31, [UInt8](repeating: 0, count: 14))
        for format in [0, 14, 10] as [UInt16] { globals += XLSFile.style(format: format) }
        // 83 and 0.5, as whole numbers with two bits of form.
        var cells = XLSFile.cell(1, 1)
        cells += UInt32(83 << 2 | 2).littleBytes
        cells += UInt16(2).littleBytes + UInt32(50 << 2 | 3).littleBytes
        let several = XLSFile.record(0xbd, cells + UInt16(2).littleBytes)
        var records = Self.heading + XLSFile.label(1, 0, "Cadiz") + several
        records += XLSFile.label(2, 0, "Kiel") + XLSFile.number(2, 1, 4296.5)
        records += XLSFile.number(2, 2, 39448, style: 1)
        let found = try await text(globals: globals, [("Depots", 0, records)])
        #expect(found.contains("## Depots"))
        #expect(found.contains("| Cadiz | 83 | 50.00% |"))
        #expect(found.contains("| Kiel | 4296.5 | 2008-01-01 |"))
    }

    @Test func `a shared string continues in the next record, in another form`() async throws {
        let counts = UInt32(2).littleBytes + UInt32(2).littleBytes
        let first: [UInt8] = counts + UInt16(8).littleBytes + [0] + Array("Norr".utf8)
        let second: [UInt8] = [1] + "land".wideBytes + XLSFile.string("Süd", length: UInt16.self)
        let globals = XLSFile.record(0xfc, first) + XLSFile.record(0x3c, second)
        let found = try await text(
            globals: globals, [("A", 0, XLSFile.shared(0, 0, 0) + XLSFile.shared(1, 0, 1))])
        #expect(found.contains("Norrland"))
        #expect(found.contains("Süd"))
    }

    @Test func `a formula shows its stored value`() async throws {
        let formula = XLSFile.formula(1, 1, kind: 0)
        let value = XLSFile.record(0x207, XLSFile.string("sum", length: UInt16.self))
        let error = XLSFile.formula(1, 2, kind: 2, value: 7)
        let records = Self.heading + XLSFile.label(1, 0, "Cadiz") + formula + value + error
        let found = try await text([("A", 0, records)])
        #expect(found.contains("| Cadiz | sum | #DIV/0! |"))
    }

    @Test func `hidden sheets are left out`() async throws {
        let found = try await text([
            ("Shown", 0, XLSFile.label(0, 0, "open")), ("Hidden", 1, XLSFile.label(0, 0, "secret")),
            ("Deep", 2, XLSFile.label(0, 0, "secret")),
        ])
        #expect(found.contains("open"))
        #expect(!found.contains("secret"))
    }

    @Test func `a comment follows the value of its cell`() async throws {
        let zeros = [UInt8](repeating: 0, count: 10)
        let kind: [UInt8] = [0x15, 0, 0x12, 0, 0x19, 0, 9, 0]
        let object = XLSFile.record(0x5d, kind)
        let holder = XLSFile.record(0x1b6, zeros + UInt16(5).littleBytes + zeros)
        let note = XLSFile.record(0x3c, [0] + Array("check".utf8))
        let number: [UInt8] = [0, 0, 9, 0]
        let author = XLSFile.string("Ann", length: UInt16.self)
        let place = XLSFile.record(0x1c, XLSFile.place(1, 0) + number + author)
        var cells = Self.heading + XLSFile.label(1, 0, "Cadiz")
        cells += XLSFile.number(1, 1, 83) + XLSFile.number(1, 2, 2008)
        let found = try await text([("A", 0, cells + object + holder + note + place)])
        #expect(found.contains("| Cadiz [check] | 83 | 2008 |"))
    }

    @Test func `a workbook with a password is refused as encrypted`() async {
        let bytes = XLSFile.workbook(
            globals: XLSFile.record(0x2f, [1, 0]), sheets: [("A", 0, XLSFile.label(0, 0, "x"))])
        let failure = await Sandbox.failure(bytes, as: .xls)
        #expect(failure?.code == .document(.encrypted))
    }
}
