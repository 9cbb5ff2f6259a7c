import NIOCore

/// A parsed multipart form.
struct MockForm {
    var fields: [String: String] = [:]
    var file: [UInt8]?

    init(_ body: ByteBuffer, contentType: String?) throws(MockRefusal) {
        guard let contentType, contentType.hasPrefix("multipart/form-data"),
            let boundary = Self.boundary(contentType)
        else { throw MockRefusal.invalid("The body must be a multipart form.") }
        let bytes = Array(body.readableBytesView)
        let delimiter = Array("--\(boundary)".utf8)
        let blank = Array("\r\n\r\n".utf8)
        var rest = bytes[...]
        while let start = rest.firstRange(of: delimiter),
            let end = rest[start.upperBound...].firstRange(of: delimiter)
        {
            rest = rest[end.lowerBound...]
            let part = bytes[start.upperBound..<end.lowerBound]
            guard let gap = part.firstRange(of: blank) else { continue }
            let head = String(decoding: part[..<gap.lowerBound], as: UTF8.self)
            // Drops the line break before the delimiter.
            let content = part[gap.upperBound...].dropLast(2)
            if head.contains("filename=") {
                file = Array(content)
            } else if let name = head.firstRange(of: "name=\"").map({
                head[$0.upperBound...].prefix { $0 != "\"" }
            }) {
                fields[String(name)] = String(decoding: content, as: UTF8.self)
            }
        }
    }

    /// The parameter `boundary`, which may be quoted and followed by other parameters.
    private static func boundary(_ contentType: String) -> String? {
        for parameter in contentType.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }).lowercased() == "boundary"
            else { continue }
            return parts[1].filter { $0 != "\"" && $0 != " " }
        }
        return nil
    }
}
