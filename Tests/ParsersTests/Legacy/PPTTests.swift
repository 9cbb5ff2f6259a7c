import Domain
import Parsers
import Pipeline
import Testing

/// PowerPoint presentations from before 2007.
@Suite(.timeLimit(.minutes(5))) struct PPTTests {
    private func record(_ type: UInt16, instance: UInt16 = 0, _ data: [UInt8]) -> [UInt8] {
        (instance << 4).littleBytes + type.littleBytes + UInt32(data.count).littleBytes + data
    }

    private func text(_ role: UInt32, _ text: String) -> [UInt8] {
        record(0xf9f, role.littleBytes) + record(0xfa0, text.wideBytes)
    }

    /// A shape with a text of its own at a place.
    private func shape(_ role: UInt32, _ words: String, left: Int16 = 0, top: Int16) -> [UInt8] {
        let place = [top, left, left + 90, top + 90].flatMap(\.littleBytes)
        return record(0xf004, record(0xf010, place) + record(0xf00d, text(role, words)))
    }

    private func cell(_ words: String, left: Int32, top: Int32, width: Int32 = 10) -> [UInt8] {
        let place = [left, top, left + width, top + 10].flatMap(\.littleBytes)
        return record(0xf004, record(0xf00f, place) + record(0xf00d, text(4, words)))
    }

    private func drawing(_ shapes: [UInt8]) -> [UInt8] {
        record(0x40c, record(0xf002, record(0xf003, record(0xf004, []) + shapes)))
    }

    private func slide(_ shapes: [UInt8], notes: UInt32 = 0, hidden: Bool = false) -> [UInt8] {
        let atom = [UInt8](repeating: 0, count: 16) + notes.littleBytes + [0, 0, 0, 0]
        let show = [UInt8](repeating: 0, count: 10) + [hidden ? 4 : 0, 0, 0, 0, 0, 0]
        return record(0x3ee, record(0x3ef, atom) + record(0x3f9, show) + drawing(shapes))
    }

    /// A presentation of slides and pages of notes; the id of a page is 500 more than its index.
    private func file(
        slides: [[UInt8]], texts: [[UInt8]] = [], notes: [[UInt8]] = [], token: UInt32 = 0xe391_c05f
    ) -> [UInt8] {
        func place(_ number: Int, _ id: Int) -> [UInt8] {
            let numbers = [UInt32(number), 0, 0, UInt32(id), 0]
            return record(0x3f3, numbers.flatMap(\.littleBytes))
        }
        let list = slides.indices.flatMap { index in
            place(index + 2, 256 + index) + (index < texts.count ? texts[index] : [])
        }
        let pages = notes.indices.flatMap { place(slides.count + 2 + $0, 500 + $0) }
        let document = record(
            0x3e8, record(0xff0, instance: 0, list) + record(0xff0, instance: 2, pages))
        var stream: [UInt8] = []
        var places: [UInt32] = []
        for part in [document] + slides + notes {
            places.append(UInt32(stream.count))
            stream += part
        }
        let head = UInt32(places.count << 20 | 1).littleBytes
        let directory = UInt32(stream.count)
        stream += record(0x1772, head + places.flatMap(\.littleBytes))
        let edit = UInt32(stream.count)
        let numbers: [UInt32] = [0, 0, 0, directory, 1, 0, 0]
        stream += record(0xff5, numbers.flatMap(\.littleBytes))
        let user = record(0xff6, ([20, token, edit] as [UInt32]).flatMap(\.littleBytes))
        return CompoundFile.bytes([
            .stream("PowerPoint Document", stream), .stream("Current User", user),
        ])
    }

    private func markdown(_ bytes: [UInt8]) async throws(JobFailure) -> String {
        var text = try await Sandbox.parse(bytes, as: .ppt).markdown
        // A hidden slide at the end leaves an empty page.
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    @Test func `the title of a slide is its heading, and shapes are read from the top`()
        async throws
    {
        let found = try await markdown(
            file(slides: [
                slide(
                    shape(4, "Below", top: 300) + shape(1, "One\rTwo", top: 100)
                        + shape(0, "Quarterly\u{b}review", top: 0)),
                slide(shape(0, "Next", top: 0)),
            ]))
        #expect(found == "## Quarterly review\n\n- One\n- Two\n\nBelow\n\u{c}## Next")
    }

    @Test func `a shape can refer to a text in the list of slides`() async throws {
        let box = record(0xf00d, record(0xf9e, UInt32(1).littleBytes))
        let reference = record(0xf004, record(0xf010, [UInt8](repeating: 0, count: 8)) + box)
        let texts = text(0, "Title") + text(1, "Point")
        let found = try await markdown(file(slides: [slide(reference)], texts: [texts]))
        #expect(found.contains("- Point"))
        #expect(found.contains("Title"))
    }

    @Test func `notes follow their slide and hidden slides are left out`() async throws {
        let found = try await markdown(
            file(
                slides: [
                    slide(shape(0, "Agenda", top: 0), notes: 500),
                    slide(shape(0, "Secret", top: 0), hidden: true),
                ],
                notes: [record(0x3f0, drawing(shape(2, "Say hello", top: 0)))]))
        #expect(found.contains("## Agenda\n\nNotes:\n\nSay hello"))
        #expect(!found.contains("Secret"))
    }

    @Test func `a group of cells is a table`() async throws {
        let isTable = record(0xf122, instance: 1, UInt16(0x39f).littleBytes + UInt32(1).littleBytes)
        var cells = record(0xf004, isTable)
        cells += cell("Size", left: 10, top: 0) + cell("Name", left: 0, top: 0)
        cells += cell("Both", left: 0, top: 10, width: 20)
        cells += cell("Tern", left: 0, top: 20) + cell("9 m", left: 10, top: 20)
        let table = record(0xf003, cells)
        let found = try await markdown(file(slides: [slide(shape(0, "Ships", top: 0) + table)]))
        #expect(found.contains("| Name | Size |\n| --- | --- |"))
        #expect(found.contains("| Tern | 9 m |"))
    }

    @Test func `a presentation with a password is refused as encrypted`() async {
        let bytes = file(slides: [slide(shape(0, "x", top: 0))], token: 0xf3d1_c4df)
        let failure = await Sandbox.failure(bytes, as: .ppt)
        #expect(failure?.code == .document(.encrypted))
    }
}
