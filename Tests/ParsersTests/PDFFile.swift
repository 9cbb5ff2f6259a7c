/// Builds small PDFs for tests.
enum PDFFile {
    /// A line of Helvetica at a position on the page.
    struct Line {
        var text: String
        var size = 11
        var x = 72
        var y: Int
    }

    static func document(_ pages: [[Line]]) -> [UInt8] {
        let font = 3 + pages.count * 2
        let kids = pages.indices.map { "\(3 + $0 * 2) 0 R" }.joined(separator: " ")
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>",
        ]
        for (index, lines) in pages.enumerated() {
            let content = lines.map { line in
                "BT /F1 \(line.size) Tf 1 0 0 1 \(line.x) \(line.y) Tm (\(line.text)) Tj ET"
            }.joined(separator: "\n")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
                    + "/Contents \(4 + index * 2) 0 R "
                    + "/Resources << /Font << /F1 \(font) 0 R >> >> >>")
            objects.append(
                "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream")
        }
        objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        return file(objects)
    }

    /// Three pages: a line of text, a picture that fills the page, a line of text.
    static func withScan(
        jpeg: [UInt8], width: Int, height: Int, before: String, after: String
    ) -> [UInt8] {
        let hex = jpeg.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        func page(_ content: Int, _ resources: String) -> String {
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 252] /Contents \(content) 0 R "
                + "/Resources << \(resources) >> >>"
        }
        func stream(_ text: String, _ entries: String = "") -> String {
            "<< \(entries) /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream"
        }
        func line(_ text: String) -> String { "BT /F1 11 Tf 1 0 0 1 72 150 Tm (\(text)) Tj ET" }
        return file([
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>",
            page(6, "/Font << /F1 9 0 R >>"), page(7, "/XObject << /P 10 0 R >>"),
            page(8, "/Font << /F1 9 0 R >>"), stream(line(before)),
            stream("600 0 0 252 0 0 cm /P Do"), stream(line(after)),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            stream(
                hex + ">",
                "/Type /XObject /Subtype /Image /Width \(width) /Height \(height) "
                    + "/ColorSpace /DeviceGray /BitsPerComponent 8 "
                    + "/Filter [/ASCIIHexDecode /DCTDecode]"),
        ])
    }

    static func file(_ objects: [String]) -> [UInt8] {
        var text = "%PDF-1.4\n"
        var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for (index, object) in objects.enumerated() {
            let offset = String(text.utf8.count)
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = text.utf8.count
        text += table + "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\n"
        return Array((text + "startxref\n\(start)\n%%EOF\n").utf8)
    }

    /// Protected by the password "secret" (40-bit RC4).
    static let encryptedBase64 = """
        JVBERi0xLjQKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyAvUGFnZXMgMiAwIFIgPj4KZW5kb2Jq\
        CjIgMCBvYmoKPDwgL1R5cGUgL1BhZ2VzIC9LaWRzIFszIDAgUl0gL0NvdW50IDEgPj4KZW5kb2Jq\
        CjMgMCBvYmoKPDwgL1R5cGUgL1BhZ2UgL1BhcmVudCAyIDAgUiAvTWVkaWFCb3ggWzAgMCA2MTIg\
        NzkyXSAvQ29udGVudHMgNCAwIFIgL1Jlc291cmNlcyA8PCAvRm9udCA8PCAvRjEgNSAwIFIgPj4g\
        Pj4gPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0xlbmd0aCA0MyA+PgpzdHJlYW0KInC6YfLBwfoBcdJn\
        on5nX31CKy3ldXo6fltlbA5DYoA7qBViTOggqX16ggplbmRzdHJlYW0KZW5kb2JqCjUgMCBvYmoK\
        PDwgL1R5cGUgL0ZvbnQgL1N1YnR5cGUgL1R5cGUxIC9CYXNlRm9udCAvSGVsdmV0aWNhID4+CmVu\
        ZG9iago2IDAgb2JqCjw8IC9GaWx0ZXIgL1N0YW5kYXJkIC9WIDEgL1IgMiAvTyA8OTJmZTBmNDQ1\
        NGFkNGM5NjQ0NjkzZjMzYzA3Y2I1NGY1ODdkY2UxZTI2ODJmZTllY2VhNjEwN2ExZWY2MzBkZD4g\
        L1UgPDkwMmQ2YzBkNmI3N2FkZWY5N2NhMWM3MWU0OTMwOGM2MTNiOTE3YjJhZDZlZjcxMWEwY2I0\
        MTA3Mzc5OTQzNjA+IC9QIC00ID4+CmVuZG9iagp4cmVmCjAgNwowMDAwMDAwMDAwIDY1NTM1IGYg\
        CjAwMDAwMDAwMDkgMDAwMDAgbiAKMDAwMDAwMDA1OCAwMDAwMCBuIAowMDAwMDAwMTE1IDAwMDAw\
        IG4gCjAwMDAwMDAyNDEgMDAwMDAgbiAKMDAwMDAwMDMzNCAwMDAwMCBuIAowMDAwMDAwNDA0IDAw\
        MDAwIG4gCnRyYWlsZXIKPDwgL1NpemUgNyAvUm9vdCAxIDAgUiAvRW5jcnlwdCA2IDAgUiAvSUQg\
        WzwzMDMxMzIzMzM0MzUzNjM3MzgzOTYxNjI2MzY0NjU2Nj48MzAzMTMyMzMzNDM1MzYzNzM4Mzk2\
        MTYyNjM2NDY1NjY+XSA+PgpzdGFydHhyZWYKNTk5CiUlRU9GCg==
        """

    /// One page whose content unpacks from 236 bytes to 2 GB, through three filters.
    static let flateBombBase64 = """
        JVBERi0xLjQKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyAvUGFnZXMgMiAwIFIgPj4KZW5kb2Jq\
        CjIgMCBvYmoKPDwgL1R5cGUgL1BhZ2VzIC9LaWRzIFszIDAgUl0gL0NvdW50IDEgPj4KZW5kb2Jq\
        CjMgMCBvYmoKPDwgL1R5cGUgL1BhZ2UgL1BhcmVudCAyIDAgUiAvTWVkaWFCb3ggWzAgMCA2MTIg\
        NzkyXSAvQ29udGVudHMgNCAwIFIgL1Jlc291cmNlcyA8PCAvRm9udCA8PCAvRjEgNSAwIFIgPj4g\
        Pj4gPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0xlbmd0aCAyMzYgL0ZpbHRlciBbL0ZsYXRlRGVjb2Rl\
        IC9GbGF0ZURlY29kZSAvRmxhdGVEZWNvZGVdID4+CnN0cmVhbQp42qu49faOtt+cRIm2h4o+Ahx8\
        TQoGEWUBzkYSJkwmiYxLtvFxHLze4/qgYIbeAr7OxwsiGLgam3xO6zzev9679tdU/3139sfd+xfX\
        88/6/ry6tzn39PoZGBgaGq3r98XE/KjLOS/3nb8PJLLQOjJW8rx74/nHa22fgwQO7r71d6PZf8UP\
        dWVWZXxAEYk9vf3XT9Zw75j/N9K+hB8son4QSDF4CPKAdIiBORkQjgQyZ1RmVGZUZlRmVGZUZlRm\
        VGZUZlRmVGZUZpDIzKzb8+/fPCY1/s3Hl85fvG33xa9nT/2yf7ds/UEApDsrlQplbmRzdHJlYW0K\
        ZW5kb2JqCjUgMCBvYmoKPDwgL1R5cGUgL0ZvbnQgL1N1YnR5cGUgL1R5cGUxIC9CYXNlRm9udCAv\
        SGVsdmV0aWNhID4+CmVuZG9iagp4cmVmCjAgNgowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAw\
        MDkgMDAwMDAgbiAKMDAwMDAwMDA1OCAwMDAwMCBuIAowMDAwMDAwMTE1IDAwMDAwIG4gCjAwMDAw\
        MDAyNDEgMDAwMDAgbiAKMDAwMDAwMDU3NyAwMDAwMCBuIAp0cmFpbGVyCjw8IC9TaXplIDYgL1Jv\
        b3QgMSAwIFIgPj4Kc3RhcnR4cmVmCjY0NwolJUVPRgo=
        """
}
