import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MockServices
import NIOCore
import Testing

/// The forms that mock-services accepts.
@Suite(.timeLimit(.minutes(5))) struct MockFormTests {
    @Test(arguments: [
        "boundary=abc", #"boundary="abc""#, "boundary=abc; charset=utf-8",
        "charset=utf-8;Boundary=abc",
    ])
    func `the mock finds the boundary among the parameters of a form`(
        parameters: String
    ) async throws {
        let form = [
            "--abc", #"Content-Disposition: form-data; name="file"; filename="a.txt""#, "",
            "some text", "--abc--", "",
        ].joined(separator: "\r\n")
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let mock = MockServices(state: MockState())
        try await Application(router: mock.router, logger: silent).test(.router) { client in
            let response = try await client.executeRequest(
                uri: "/api/v1/parsing/upload", method: .post,
                headers: [.contentType: "multipart/form-data; \(parameters)"],
                body: ByteBuffer(string: form))
            #expect(response.status == .ok)
        }
    }
}
