import Domain

/// Detects the language of a text by its most frequent words, or by its script.
///
/// Function words are a quarter to half of any prose, and few of them belong to two languages. A
/// wrong result costs little: queries are stemmed in each language of the tenant's documents.
enum LanguageDetection {
    /// Bytes of the text that are read: about 10,000 words.
    private static let bytesMax = 64 << 10
    /// Fewer function words than this share are no prose of a known language.
    private static let leastShare = 0.08

    /// - Returns: `simple` for mixed texts, tables, code, and languages without rules.
    static func language(of utf8: [UInt8]) -> TextLanguage {
        let text = String(decoding: utf8.prefix(bytesMax), as: UTF8.self)
        let words = text.lowercased().split { !$0.isLetter }
        guard !words.isEmpty else { return .simple }
        if let language = languageOfScript(words) { return language }
        var counts: [Int: Int] = [:]
        for word in words {
            for list in listsOfWord[word] ?? [] { counts[list, default: 0] += 1 }
        }
        let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
        guard let best, best.value >= 2,
            Double(best.value) >= leastShare * Double(words.count)
        else { return .simple }
        return functionWords[best.key].language
    }

    /// The language of a script that serves one language with rules.
    private static func languageOfScript(_ words: [Substring]) -> TextLanguage? {
        let sample = words.prefix(1000).compactMap { $0.unicodeScalars.first }
        for (language, range) in scripts {
            let count = sample.count { range.contains($0.value) }
            if count * 2 > sample.count { return language }
        }
        return nil
    }

    /// First letters of words. Persian and Urdu share the script of Arabic; their words are only
    /// stripped of a few endings by its rules.
    private static let scripts: [(TextLanguage, ClosedRange<UInt32>)] = [
        (.greek, 0x370...0x3FF), (.arabic, 0x600...0x6FF), (.hindi, 0x900...0x97F),
        (.tamil, 0xB80...0xBFF),
    ]

    private static let listsOfWord: [Substring: [Int]] = {
        var lists: [Substring: [Int]] = [:]
        for (index, list) in functionWords.enumerated() {
            for word in list.words.split(separator: " ") { lists[word, default: []].append(index) }
        }
        return lists
    }()

    /// Frequent function words. Languages without rules are listed too, so that their texts are not
    /// taken for a related language.
    private static let functionWords: [(language: TextLanguage, words: Substring)] = [
        (
            .english,
            """
            the of and to in is that it was for on are as with his they be at this have from or \
            had by not but what were we when your can said there which their if will would been
            """
        ),
        (
            .german,
            """
            der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als \
            auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem \
            über
            """
        ),
        (
            .french,
            """
            de la le et les des en un une du dans est que qui pour au par sur ne pas il plus ce \
            se avec sont aux cette ou son ses mais comme nous vous été leur
            """
        ),
        (
            .spanish,
            """
            de la que el en y los del se las por un con no una su para es al lo como más pero \
            sus le ha este sí porque esta son entre cuando muy sin sobre también fue
            """
        ),
        (
            .italian,
            """
            di che e la il un a per in una mi sono ho non ma lo ha le si ti i con cosa se io \
            come da ci del della nel alla più dei gli delle anche è questo
            """
        ),
        (
            .portuguese,
            """
            de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi \
            ao ele das tem à seu sua ou ser quando muito há nos já está são
            """
        ),
        (
            .dutch,
            """
            de het een en van ik te dat die in is niet zijn op aan met voor er maar om hem dan \
            zou of wat mijn dit zo door over ze zich bij ook tot je uit der daar naar heeft
            """
        ),
        (
            .swedish,
            """
            och att det som en på är av för den till inte har de jag med om ett han men var sig \
            så från vi kan när nu man hade här då hon eller också vid
            """
        ),
        (
            .danish,
            """
            og at det er en til på i af de ikke jeg den der med for som et har du han var sig \
            men vi kan fra så om ved nu også hun efter blev eller hvad ud
            """
        ),
        (
            .norwegian,
            """
            og det er i til på som en å av for ikke jeg den at med de har var et om han fra men \
            vi seg så kan etter hun skal eller også bare noe mot ble opp
            """
        ),
        (
            .finnish,
            """
            ja on ei se että oli hän mutta niin kun joka ovat mitä myös sen olla kuin ole tai \
            jos vain nyt minä hänen voi vielä ovat sitä jotka kanssa
            """
        ),
        (
            .hungarian,
            """
            a az és hogy nem is egy ez meg de csak van volt mint ha el már még azt aki amely \
            vagy ezt lehet kell minden után
            """
        ),
        (
            .romanian,
            """
            de și în a la cu pe nu este că o un din care mai sau pentru se fi sunt ce al ale \
            prin după fost dar când au
            """
        ),
        (
            .turkish,
            """
            ve bir bu da de için ile ne çok o daha gibi olan olarak var ama kadar en sonra değil \
            her ya ben mi olduğu göre
            """
        ),
        (
            .indonesian,
            """
            yang dan di dengan untuk dari pada ini dalam tidak akan itu ke adalah oleh sebagai \
            juga karena ada mereka bisa atau telah kami
            """
        ),
        (
            .russian,
            """
            и в не на что я с он как это по но они мы из у за то же от для бы его все так а была \
            был только ее или быть если при
            """
        ),
        (.simple, "і в не на що з як це та до у для є за від його але або якщо також був"),
        (.simple, "и в на да се за от не са е че с по как това като при има или след бъде"),
        (
            .simple,
            """
            w i na z do nie się to jest że o jak od po przez za ale dla są co oraz jego tym być \
            czy lub
            """
        ),
        (.simple, "a v na se je že to s do i z jako za by ale pro jsou po od nebo při byl které"),
        (.simple, "i u na je se da za su od a što s kao ili ne koji iz po bio nije ali"),
        (.simple, "và của là có trong được cho không một các người với này để đã khi từ"),
        (.simple, "de la i el que en els a per un les una del amb és no dels al més com aquest"),
    ]
}
