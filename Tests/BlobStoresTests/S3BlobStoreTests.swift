import AsyncHTTPClient
import BlobStores
import Crypto
import Domain
import Foundation
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP
import TestSupport
import Testing

/// Behaviour that is specific to buckets, on a third-party S3 server.
@Suite(.timeLimit(.minutes(5))) struct S3BlobStoreTests {
    private func path() -> BlobPath {
        BlobPath(kind: .raw, tenant: TenantID(), document: DocumentID(), fileExtension: "pdf")
    }

    @Test func `a server accepts our signatures, and boto3 reads what we wrote`()
        async throws
    {
        try await S3Server.lend(checksSignatures: true) { server in
            try await Bucket.withTemporary(server.bucket) { bucket in
                let (short, long) = (path(), path())
                try await bucket.store.put(Array("short".utf8), at: short)
                let bytes = (0..<12_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 2) }
                try await bucket.store.put(bytes, at: long)
                #expect(try await bucket.store.read(long, bytesMax: 1 << 24) == bytes)
                let gone = path()
                try await bucket.store.put([1], at: gone)
                try await bucket.store.delete(gone)
                let expected = [(short, Array("short".utf8)), (long, bytes)].map { path, bytes in
                    "\(path.key) \(bytes.count) \(SHA256.hash(data: bytes).hexadecimal)"
                }
                #expect(try await server.bucket.objects() == expected.sorted())
                #expect(try await server.bucket.uploads() == [])
            }
        }
    }

    @Test func `a fault that an operator must repair spends no attempt and is not a missing blob`()
        async throws
    {
        try await S3Server.lend(checksSignatures: true) { server in
            try await Bucket.withTemporary(server.bucket, secret: "wrong") { bucket in
                await expect(bucket, "403 SignatureDoesNotMatch")
            }
            try await Bucket.withTemporary(server.bucket, named: "nowhere") { bucket in
                await expect(bucket, "404 NoSuchBucket")
            }
        }
    }

    private func expect(_ bucket: Bucket, _ answer: String) async {
        for failure in [
            await failure { try await bucket.store.put([1], at: path()) },
            await failure { try await bucket.store.withLocalFile(path()) { _ in } },
        ] {
            #expect(failure?.code == .storage(.blobUnreadable))
            #expect(failure?.class == .unavailable(for: .seconds(60)))
            #expect(failure?.message == "the object storage returned \(answer)")
        }
    }

    private func failure(_ body: () async throws -> Void) async -> JobFailure? {
        await #expect(throws: JobFailure.self) { try await body() }
    }

    @Test func `an unreachable server is retried later, and no scratch file remains`()
        async throws
    {
        try await S3Server.lend { server in
            try await Bucket.withTemporary(server.bucket) { bucket in
                let path = path()
                let writer = try await bucket.store.writer(for: path)
                try await writer.append([1, 2, 3])
                await server.end()
                let failure = await failure { try await writer.commit() }
                #expect(failure?.code == .storage(.blobUnavailable))
                #expect(failure?.class == .transient())
                let other = await self.failure {
                    try await bucket.store.withLocalFile(path) { _ in }
                }
                #expect(other?.code == .storage(.blobUnavailable))
                #expect(try bucket.leavings == [])
            }
        }
    }

    @Test func `a missing scratch folder does not mean a missing document`() async throws {
        try await Bucket.withTemporary(try await S3Server.bucket()) { bucket in
            let path = path()
            try await bucket.store.put([1], at: path)
            try FileManager.default.removeItem(atPath: bucket.scratch)
            let failure = await failure { try await bucket.store.withLocalFile(path) { _ in } }
            #expect(failure?.code == .storage(.blobUnavailable))
            #expect(failure?.class == .unavailable(for: .seconds(30)))
            try FileManager.default.createDirectory(
                atPath: bucket.scratch, withIntermediateDirectories: true)
        }
    }

    @Test func `bytes that were changed outside the program are read as they are`() async throws {
        let there = try await S3Server.bucket()
        try await Bucket.withTemporary(there) { bucket in
            let path = path()
            try await bucket.store.put(Array("as it was".utf8), at: path)
            try await there.put("changed", at: path.key)
            #expect(
                try await bucket.store.read(path, bytesMax: 100) == Array("changed".utf8))
        }
    }

    @Test func `a permit allows one upload by any client`() async throws {
        try await Bucket.withTemporary(try await S3Server.bucket()) { bucket in
            let path = path()
            let permit = try #require(
                try bucket.store.uploadPermit(
                    for: path, byteCount: 5, lifetime: .seconds(60)))
            #expect(permit.headers == ["if-none-match": "*"])
            #expect(try await send("hello", permit) == 200)
            #expect(try await send("HELLO", permit) == 412)
            #expect(
                try await bucket.store.read(path, bytesMax: 100) == Array("hello".utf8))
        }
    }

    private func send(_ text: String, _ permit: UploadPermit) async throws -> Int {
        var request = HTTPClientRequest(url: permit.url)
        request.method = HTTPMethod(rawValue: permit.method)
        for (name, value) in permit.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: text))
        return try await ProviderClient.shared.exchange(
            request, timeout: .seconds(10), bytesMax: 1 << 16
        ).status
    }
}
