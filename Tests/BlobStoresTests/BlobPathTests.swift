import Domain
import Pipeline
import Testing

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
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.x.md",
        "raw/a/b.md", "storage://raw/../../etc/passwd", "storage://other/u/d.md",
        "storage://raw/17/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.md",
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11",
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.M/",
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11//0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.md",
    ])
    func `a path of another form is rejected`(text: String) {
        #expect(BlobPath(text) == nil)
    }
}
