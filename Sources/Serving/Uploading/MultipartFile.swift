import Hummingbird
import NIOCore

/// Streams the first file of a multipart/form-data body (RFC 7578).
///
/// Buffers at most a chunk of the body and a delimiter. Parts before the file are skipped.
struct MultipartFile<Body: AsyncIteratorProtocol> where Body.Element == ByteBuffer {
    private static var headersMax: Int { 16 << 10 }
    /// Maximum bytes before the file: preamble and other parts.
    private static var skippedMax: Int { 1 << 20 }

    private var body: Body
    private let delimiter: [UInt8]
    private var buffer: [UInt8] = Array("\r\n".utf8)
    private var hasEnded = false
    private(set) var filename = ""
    private(set) var contentType: String?

    /// - Parameters:
    ///   - contentType: the request's header, with the boundary.
    init(_ body: Body, contentType: String) throws(Problem) {
        let boundary = HeaderValue(contentType).parameters["boundary"] ?? ""
        guard (1...70).contains(boundary.utf8.count) else {
            throw Self.malformed("The Content-Type has no boundary.")
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.body = body
    }

    /// Advances to the first part with a filename.
    mutating func findFile() async throws {
        var skipped = 0
        while true {
            let part = try await upToDelimiter { skipped += $0.count }
            guard part, skipped <= Self.skippedMax else { break }
            if try await readHeaders() { return }
        }
        throw Self.malformed("There is no part with a filename in the first bytes of the body.")
    }

    /// The next bytes of the file; `nil` at its end.
    mutating func next() async throws -> [UInt8]? {
        while !hasEnded {
            if let end = buffer.firstRange(of: delimiter) {
                let last = Array(buffer[..<end.lowerBound])
                hasEnded = true
                return last.isEmpty ? nil : last
            }
            // The delimiter may begin in the last bytes.
            let sure = buffer.count - delimiter.count
            if sure > 0 {
                let bytes = Array(buffer[..<sure])
                buffer.removeFirst(sure)
                return bytes
            }
            try await fill()
        }
        return nil
    }

    /// Drops everything up to and including the next delimiter; false at the end of the body.
    private mutating func upToDelimiter(_ skip: ([UInt8]) -> Void) async throws -> Bool {
        while true {
            if let found = buffer.firstRange(of: delimiter) {
                skip(Array(buffer[..<found.lowerBound]))
                buffer.removeSubrange(..<found.upperBound)
                while buffer.count < 2 { try await fill() }
                return buffer.prefix(2) != Array("--".utf8)[...]
            }
            let sure = max(0, buffer.count - delimiter.count)
            skip(Array(buffer[..<sure]))
            buffer.removeFirst(sure)
            try await fill()
        }
    }

    /// Reads a part's headers; true when the part is a file.
    private mutating func readHeaders() async throws -> Bool {
        let end = Array("\r\n\r\n".utf8)
        while buffer.firstRange(of: end) == nil {
            guard buffer.count <= Self.headersMax else {
                throw Self.malformed("The headers of a part are too long.")
            }
            try await fill()
        }
        guard let range = buffer.firstRange(of: end) else { return false }
        let headers = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
        // The line end before a delimiter may be that of the headers.
        buffer.removeSubrange(..<(range.upperBound - 2))
        var name: String?
        for line in headers.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition": name = HeaderValue(value).parameters["filename"]
            case "content-type": contentType = value.trimmed
            default: break
            }
        }
        guard let name else {
            contentType = nil
            return false
        }
        filename = name
        buffer.removeFirst(2)
        return true
    }

    private mutating func fill() async throws {
        guard let more = try await body.next(isolation: #isolation) else {
            throw Self.malformed("The body ends before its last boundary.")
        }
        buffer.append(contentsOf: more.readableBytesView)
    }

    private static func malformed(_ detail: String) -> Problem {
        Problem(.malformedMultipart, detail)
    }
}

/// A header value with parameters: `form-data; name="a"; filename="b.pdf"`.
struct HeaderValue {
    let value: String
    /// Names in lower case.
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        var parts: [String] = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        value = parts[0].trimmed.lowercased()
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = String(part[..<equals]).trimmed.lowercased()
            let text = String(part[part.index(after: equals)...]).trimmed
            // RFC 5987: filename*=UTF-8''na%C3%AFve.pdf, which has precedence over the plain one.
            if name.hasSuffix("*"), text.lowercased().hasPrefix("utf-8''") {
                if let decoded = String(text.dropFirst(7)).removingPercentEncoding {
                    parameters[String(name.dropLast())] = decoded
                }
            } else if parameters[name] == nil {
                parameters[name] = text
            }
        }
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// The text with %XX decoded as bytes of UTF-8; `nil` when it is invalid.
    fileprivate var removingPercentEncoding: String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(digits, radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
