package import Domain
import Glibc
package import Pipeline
import ProviderHTTP

extension S3BlobStore {
    /// Lists blobs. Given an age, also aborts older multipart uploads, whose parts S3 bills.
    package func list(
        olderThan age: Duration?, after cursor: String?, limit: Int
    ) async throws(JobFailure) -> [BlobPath] {
        let before = age.map { Double(time(nil)) - $0 / .seconds(1) }
        var found: [BlobPath] = []
        for kind in BlobPath.Kind.allCases.map({ "\($0.rawValue)/" }).sorted() {
            if let before, cursor == nil { try await endUploads(of: kind, begunBefore: before) }
            // Skips the kinds before the cursor's.
            if let cursor, kind + "\u{7f}" < cursor { continue }
            var next: String?
            repeat {
                let page = try await page(of: kind, after: cursor, from: next)
                for object in page.objects {
                    guard Self.isOlder(object.lastModified, than: before),
                        let path = BlobPath("storage://\(object.key)")
                    else { continue }
                    found.append(path)
                    if found.count == limit { return found }
                }
                next = page.nextPage
            } while next != nil
        }
        return found
    }

    private static func isOlder(_ time: String, than before: Double?) -> Bool {
        guard let before else { return true }
        return S3Answers.seconds(time).map { $0 < before } ?? false
    }

    private func page(
        of prefix: String, after cursor: String?, from token: String?
    ) async throws(JobFailure) -> S3Answers.Listing {
        var query = [("list-type", "2"), ("prefix", prefix)]
        if let cursor { query.append(("start-after", cursor)) }
        if let token { query.append(("continuation-token", token)) }
        let answer = try await client.send(client.request("GET", query: query))
        return try S3Answers.listing(answer.body)
    }

    /// Aborts one page of old multipart uploads; the next scan finds the others.
    private func endUploads(
        of prefix: String, begunBefore seconds: Double
    ) async throws(JobFailure) {
        do throws(JobFailure) {
            let answer = try await client.send(
                client.request("GET", query: [("prefix", prefix), ("uploads", "")]))
            for upload in try S3Answers.begunUploads(answer.body)
            where BlobPath("storage://\(upload.key)") != nil {
                guard let begun = S3Answers.seconds(upload.begun), begun < seconds else {
                    continue
                }
                _ = try await client.send(
                    client.request("DELETE", upload.key, query: [("uploadId", upload.id)]))
            }
        } catch {
            // Another reconciler was faster, or the server does not permit listing uploads. Listing
            // blobs still works.
            switch error.code {
            case .storage(.blobUploadGone), .storage(.blobUnreadable): return
            default: throw error
            }
        }
    }
}
