/// A header value with parameters: `form-data; name="a"; filename="b.pdf"`.
package struct HeaderValue {
    package let value: String
    /// Names in lower case.
    package private(set) var parameters: [String: String] = [:]

    package init(_ text: String) {
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
