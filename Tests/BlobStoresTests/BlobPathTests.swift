import Domain
import Pipeline
import Testing

private let id = "0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11"

/// A blob's path never leads out of its store.
@Suite struct BlobPathTests {
    @Test(arguments: [nil, ClaimID()])
    func `a path is read as it was written`(claim: ClaimID?) {
        let path = BlobPath(
            kind: .parsed, tenant: TenantID(), document: DocumentID(), claim: claim,
            fileExtension: "md")
        #expect(BlobPath(path.description) == path)
        #expect(BlobPath(path.description.uppercased()) == nil)
    }

    @Test(arguments: [
        "storage://raw/\(id)/\(id).x.md",
        "raw/a/b.md", "storage://raw/../../etc/passwd", "storage://other/u/d.md",
        "storage://raw/17/\(id).md",
        "storage://raw/\(id)/\(id)",
        "storage://raw/\(id)/\(id).M/",
        "storage://raw/\(id)//\(id).md",
    ])
    func `a path of another form is rejected`(text: String) {
        #expect(BlobPath(text) == nil)
    }
}
