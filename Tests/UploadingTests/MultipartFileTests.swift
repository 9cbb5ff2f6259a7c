import Testing

@testable import Uploading

@Suite(.timeLimit(.minutes(5))) struct MultipartFileTests {
    /// A body that arrives in pieces of one size.
    private struct Pieces: AsyncIteratorProtocol {
        var rest: ArraySlice<UInt8>
        let size: Int

        mutating func next() async -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    private static let type = "multipart/form-data; boundary=\"cut\""

    private func read(
        _ body: String, inPiecesOf size: Int = 7, type: String = type
    ) async throws -> (file: String, name: String, type: String?) {
        var file = try MultipartFile(
            Pieces(rest: Array(body.utf8)[...], size: size), contentType: type)
        try await file.findFile()
        var bytes: [UInt8] = []
        while let next = try await file.next() { bytes += next }
        return (String(decoding: bytes, as: UTF8.self), file.filename, file.contentType)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 4096])
    func `the file of a form is read, in pieces of any size`(size: Int) async throws {
        let content = "line\r\n--kut\r\n-- cut\r\n\r\n--cu\r\n"
        let body = """
            preamble\r
            --cut\r
            Content-Disposition: form-data; name="a"\r
            \r
            1\r
            --cut\r
            Content-Disposition: form-data; filename="x.md"; filename*=UTF-8''na%C3%AFve.md\r
            Content-Type: text/markdown\r
            \r
            \(content)\r
            --cut--\r

            """
        let found = try await read(body, inPiecesOf: size)
        #expect(found == (content, "naïve.md", "text/markdown"))
    }

    @Test(
        arguments: [
            (
                "--cut\r\nContent-Disposition: form-data; filename=\"a.txt\"\r\n\r\nno end",
                .endsEarly
            ),
            ("--cut\r\nno headers end", .endsEarly), ("", .endsEarly),
            (
                "--cut\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno file\r\n--cut--\r\n",
                .fileMissing(searchedBytes: 1 << 20)
            ),
            (
                "--cut\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n",
                .partHeadersTooLong(bytesMax: 16 << 10)
            ),
        ] as [(String, UploadRefusal.FormFault)])
    func `a form without a whole file is malformed`(
        body: String, fault: UploadRefusal.FormFault
    ) async {
        await #expect(throws: UploadRefusal.malformedForm(fault)) {
            try await read(body, inPiecesOf: 1000)
        }
    }

    @Test(arguments: ["multipart/form-data", "multipart/form-data; boundary=", "text/plain"])
    func `a form without a boundary is malformed`(type: String) async {
        await #expect(throws: UploadRefusal.malformedForm(.boundaryMissing)) {
            try await read("--cut", type: type)
        }
    }

    @Test(
        arguments: [
            (#"form-data; name="a"; filename="b.pdf""#, ["name": "a", "filename": "b.pdf"]),
            (#"form-data; FILENAME="a\"; b.pdf""#, ["filename": #"a"; b.pdf"#]),
            ("form-data; filename=x.md; filename*=UTF-8''na%C3ve.md", ["filename": "x.md"]),
            ("form-data; filename*=UTF-8''a%20b; filename=x", ["filename": "a b"]),
            ("form-data", [:]),
        ] as [(String, [String: String])])
    func `a header's value has parameters`(text: String, parameters: [String: String]) {
        let value = HeaderValue(text)
        #expect(value.value == "form-data")
        #expect(value.parameters == parameters)
    }
}
