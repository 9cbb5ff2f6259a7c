import Domain
import Testing

@testable import Chunking

@Suite struct LanguageDetectionTests {
    @Test(arguments: [
        (
            "The harbour is closed when the fog hides the light, and it was so for most of May.",
            TextLanguage.english
        ),
        (
            "Der Hafen ist geschlossen, wenn der Nebel das Licht verbirgt, wie so oft im Mai.",
            .german
        ),
        (
            "Le port est fermé quand le brouillard cache la lumière, et il en était ainsi en mai.",
            .french
        ),
        (
            "El puerto está cerrado cuando la niebla oculta la luz, y así fue en el mes de mayo.",
            .spanish
        ),
        (
            "Il porto è chiuso quando la nebbia nasconde la luce, e così è stato in maggio.",
            .italian
        ),
        (
            "O porto está fechado quando a névoa esconde a luz, e assim foi durante o mês de maio.",
            .portuguese
        ),
        (
            "De haven is gesloten als de mist het licht verbergt, en dat was zo in mei.",
            .dutch
        ),
        (
            "Hamnen är stängd när dimman döljer ljuset, och så var det för det mesta i maj.",
            .swedish
        ),
        (
            "Havnen er lukket, når tågen skjuler lyset, og det var den ofte i maj.",
            .danish
        ),
        ("Гавань закрыта, когда туман скрывает свет, и так было в мае, но не для всех.", .russian),
        ("Το λιμάνι είναι κλειστό όταν η ομίχλη κρύβει το φως.", .greek),
        ("الميناء مغلق عندما يخفي الضباب الضوء", .arabic),
        (
            "Port jest zamknięty, gdy mgła zasłania światło, i tak było przez większość maja.",
            .simple
        ),
        ("港は霧が光を隠すと閉まる。", .simple), ("1,2,3\n4,5,6\n", .simple), ("", .simple),
        ("func main() { let x = 1; print(x) }", .simple),
    ])
    func `the language is that of the function words`(text: String, language: TextLanguage) {
        #expect(LanguageDetection.language(of: Array(text.utf8)) == language)
    }

    @Test func `a character that is cut by the limit does no harm`() {
        let text = String(repeating: "der Hafen ist für ein Schiff zu klein und ", count: 3000)
        #expect(LanguageDetection.language(of: Array(("ä" + text).utf8)) == .german)
    }
}
