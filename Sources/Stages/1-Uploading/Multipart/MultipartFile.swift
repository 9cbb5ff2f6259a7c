/// Streams the first file of a multipart/form-data body (RFC 7578).
///
/// Buffers at most a chunk of the body and a delimiter. Parts before the file are skipped.
package struct MultipartFile<Body: AsyncIteratorProtocol> where Body.Element == [UInt8] {
    private static var headersMax: Int { 16 << 10 }
    /// Maximum bytes before the file: preamble and other parts.
    private static var skippedMax: Int { 1 << 20 }

    private var body: Body
    private let delimiter: [UInt8]
    private var buffer: [UInt8] = Array("\r\n".utf8)
    private var hasEnded = false
    package private(set) var filename = ""
    package private(set) var contentType: String?

    /// - Parameters:
    ///   - contentType: the request's header, with the boundary.
    package init(_ body: Body, contentType: String) throws(UploadRefusal) {
        let boundary = HeaderValue(contentType).parameters["boundary"] ?? ""
        guard (1...70).contains(boundary.utf8.count) else {
            throw .malformedForm(.boundaryMissing)
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.body = body
    }

    /// Advances to the first part with a filename.
    package mutating func findFile() async throws {
        var skipped = 0
        while true {
            let part = try await upToDelimiter { skipped += $0.count }
            guard part, skipped <= Self.skippedMax else { break }
            if try await readHeaders() { return }
        }
        throw UploadRefusal.malformedForm(.fileMissing(searchedBytes: Self.skippedMax))
    }

    /// The next bytes of the file; `nil` at its end.
    package mutating func next() async throws -> [UInt8]? {
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
                throw UploadRefusal.malformedForm(.partHeadersTooLong(bytesMax: Self.headersMax))
            }
            try await fill()
        }
        guard let range = buffer.firstRange(of: end) else { return false }
        let headers = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
        // The line end before a delimiter may be the one that ends the headers.
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
            throw UploadRefusal.malformedForm(.endsEarly)
        }
        buffer.append(contentsOf: more)
    }
}
