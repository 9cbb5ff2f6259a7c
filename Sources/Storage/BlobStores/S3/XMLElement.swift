import CExpat

/// An element of a small XML document, with its whole content.
struct XMLElement: Equatable {
    let name: String
    /// The text directly within the element, all pieces joined.
    var text = ""
    var children: [XMLElement] = []

    /// Not well-formed, nested too deeply, or with a document type, which S3 never sends.
    struct Malformed: Error {}

    static let depthMax = 32

    init(name: String) { self.name = name }

    /// The root of a document.
    init(parsing document: [UInt8]) throws(Malformed) {
        guard let parser = XML_ParserCreate(nil) else { throw Malformed() }
        defer { XML_ParserFree(parser) }
        let builder = Builder(parser)
        XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
        XML_SetElementHandler(
            parser,
            { builder, name, _ in
                guard let builder, let name else { return }
                Builder.of(builder).begin(String(cString: name))
            }, { builder, _ in builder.map { Builder.of($0).end() } })
        XML_SetCharacterDataHandler(parser) { builder, text, count in
            guard let builder, let text else { return }
            let bytes = UnsafeBufferPointer(start: text, count: Int(count))
            Builder.of(builder).add(bytes.map(UInt8.init(bitPattern:)))
        }
        XML_SetStartDoctypeDeclHandler(parser) { builder, _, _, _, _ in
            builder.map { Builder.of($0).stop() }
        }
        let status = document.withUnsafeBytes { bytes in
            XML_Parse(
                parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: bytes.count), 1)
        }
        guard status == XML_STATUS_OK, let root = builder.root else { throw Malformed() }
        self = root
    }

    /// The text of the first child with this name.
    subscript(name: String) -> String? { children.first { $0.name == name }?.text }

    /// The children with this name.
    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    private final class Builder {
        private let parser: XML_Parser
        private var open: [XMLElement] = []
        private(set) var root: XMLElement?

        init(_ parser: XML_Parser) { self.parser = parser }

        static func of(_ pointer: UnsafeMutableRawPointer) -> Builder {
            Unmanaged.fromOpaque(pointer).takeUnretainedValue()
        }

        func begin(_ name: String) {
            open.append(XMLElement(name: name))
            if open.count > XMLElement.depthMax { stop() }
        }

        func end() {
            guard let element = open.popLast() else { return }
            if open.isEmpty {
                root = element
            } else {
                open[open.count - 1].children.append(element)
            }
        }

        /// Appends text. Expat splits text between characters only.
        func add(_ text: [UInt8]) {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += String(decoding: text, as: UTF8.self)
        }

        func stop() { XML_StopParser(parser, 0) }
    }
}
