/// Reduces English words to their stems, exactly by Porter's algorithm of 1980.
///
/// A rule maps an ending to its replacement. Each step tries only the longest matching ending.
struct PorterStemmer {
    private var word: [UInt8]

    /// The stem of a word of lower-case ASCII letters. Other words are returned unchanged.
    static func stem(_ word: [UInt8]) -> [UInt8] {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard word.count > 2, word.allSatisfy(letters.contains) else { return word }
        var stemmer = PorterStemmer(word: word)
        stemmer.dropPlural()
        stemmer.dropPastAndProgressive()
        stemmer.turnFinalY()
        stemmer.replace(from: doubleSuffixes, measureAbove: 0)
        stemmer.replace(from: fullSuffixes, measureAbove: 0)
        stemmer.dropLongSuffix()
        stemmer.dropFinalE()
        stemmer.dropDoubleL()
        return stemmer.word
    }

    // Step 1a
    private mutating func dropPlural() {
        _ = replace(["sses": "ss", "ies": "i", "ss": "ss", "s": ""])
    }

    // Step 1b
    private mutating func dropPastAndProgressive() {
        if let stem = stem(without: "eed") {
            if measure(stem) > 0 { word.removeLast() }
            return
        }
        guard let stem = stem(without: "ed") ?? stem(without: "ing"), hasVowel(stem) else { return }
        word.removeLast(word.count - stem)
        if replace(["at": "ate", "bl": "ble", "iz": "ize"]) { return }
        if endsInDoubleConsonant {
            if !"lsz".utf8.contains(word[word.count - 1]) { word.removeLast() }
        } else if measure(word.count) == 1, endsShort(word.count) {
            word.append(UInt8(ascii: "e"))
        }
    }

    // Step 1c
    private mutating func turnFinalY() {
        if let stem = stem(without: "y"), hasVowel(stem) { word[stem] = UInt8(ascii: "i") }
    }

    // Steps 2 and 3
    private mutating func replace(
        from rules: KeyValuePairs<StaticString, StaticString>, measureAbove minimum: Int
    ) {
        guard let (stem, replacement) = longest(of: rules), measure(stem) > minimum else { return }
        set(replacement, after: stem)
    }

    // Step 4
    private mutating func dropLongSuffix() {
        guard let (stem, replacement) = longest(of: Self.longSuffixes), measure(stem) > 1
        else { return }
        let isIon = word[stem...].elementsEqual("ion".utf8)
        if isIon, stem == 0 || !"st".utf8.contains(word[stem - 1]) { return }
        set(replacement, after: stem)
    }

    // Step 5a
    private mutating func dropFinalE() {
        guard let stem = stem(without: "e") else { return }
        let measure = measure(stem)
        if measure > 1 || measure == 1 && !endsShort(stem) { word.removeLast() }
    }

    // Step 5b
    private mutating func dropDoubleL() {
        guard endsInDoubleConsonant, word[word.count - 1] == UInt8(ascii: "l") else { return }
        if measure(word.count) > 1 { word.removeLast() }
    }

    private static let doubleSuffixes: KeyValuePairs<StaticString, StaticString> = [
        "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize",
        "abli": "able", "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous",
        "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al", "iveness": "ive",
        "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
    ]

    private static let fullSuffixes: KeyValuePairs<StaticString, StaticString> = [
        "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "",
        "ness": "",
    ]

    private static let longSuffixes: KeyValuePairs<StaticString, StaticString> = [
        "al": "", "ance": "", "ence": "", "er": "", "ic": "", "able": "", "ible": "", "ant": "",
        "ement": "", "ment": "", "ent": "", "ion": "", "ou": "", "ism": "", "ate": "", "iti": "",
        "ous": "", "ive": "", "ize": "",
    ]
}

// The conditions of the rules. A stem is identified by its length.
extension PorterStemmer {
    /// The length of the word without this ending; `nil` if it does not end so.
    private func stem(without ending: StaticString) -> Int? {
        let length = word.count - ending.utf8CodeUnitCount
        guard length >= 0 else { return nil }
        let matches = ending.withUTF8Buffer { $0.elementsEqual(word[length...]) }
        return matches ? length : nil
    }

    private func longest(
        of rules: KeyValuePairs<StaticString, StaticString>
    ) -> (stem: Int, replacement: StaticString)? {
        var best: (stem: Int, replacement: StaticString)?
        for (ending, replacement) in rules {
            guard let stem = stem(without: ending), stem < best?.stem ?? .max else { continue }
            best = (stem, replacement)
        }
        return best
    }

    /// Replaces the longest matching ending, and returns whether one matched.
    private mutating func replace(_ rules: KeyValuePairs<StaticString, StaticString>) -> Bool {
        guard let (stem, replacement) = longest(of: rules) else { return false }
        set(replacement, after: stem)
        return true
    }

    private mutating func set(_ ending: StaticString, after stem: Int) {
        word.removeLast(word.count - stem)
        ending.withUTF8Buffer { word.append(contentsOf: $0) }
    }

    private func isConsonant(_ index: Int) -> Bool {
        switch word[index] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
            UInt8(ascii: "u"):
            false
        case UInt8(ascii: "y"): index == 0 || !isConsonant(index - 1)
        default: true
        }
    }

    /// The stem's measure: how often a vowel is followed by a consonant.
    private func measure(_ stem: Int) -> Int {
        var changes = 0
        var isAfterVowel = false
        for index in 0..<stem {
            let isVowel = !isConsonant(index)
            if isAfterVowel, !isVowel { changes += 1 }
            isAfterVowel = isVowel
        }
        return changes
    }

    private func hasVowel(_ stem: Int) -> Bool { (0..<stem).contains { !isConsonant($0) } }

    private var endsInDoubleConsonant: Bool {
        let count = word.count
        return count > 1 && word[count - 1] == word[count - 2] && isConsonant(count - 1)
    }

    /// Whether the stem ends in consonant, vowel, consonant, with the last not w, x or y.
    private func endsShort(_ stem: Int) -> Bool {
        guard stem > 2, isConsonant(stem - 3), !isConsonant(stem - 2), isConsonant(stem - 1)
        else { return false }
        return !"wxy".utf8.contains(word[stem - 1])
    }
}
