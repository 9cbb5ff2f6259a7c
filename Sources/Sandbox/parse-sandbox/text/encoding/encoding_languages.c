// What texts of a language consist of. Scripts whose letters differ little in frequency, such as
// Hiragana, are described in encoding_guess.c.
#include "encoding_guess.h"

#define HAN_OF_BOTH \
    "的一是不了在人有我他上大地到以就出可也你而子那得于下自之年生能作里用道行所然家事成方多去如都同" \
    "分好小部其些主心本前但因只想日者意力它把十民第公此已工使情明性知全三又正外由最重手向文政美相" \
    "二等新己制身果加西月合回特代信表化老世位次度任常先海通教立比解水名真各入几口平打女四何少安" \
    "反受目太再感做接必件直命山金指克保至社便空治司五基非白放即像且思王完路南品住告求北死交取每"

const struct language languages[] = {
    {"en", "the of and to in is for that with on by be are as this it not or from an was you can",
     "", "éèïñöêç"},
    {"de", "der die das und ist in den zu mit von nicht auf ein im des dem zum eine"
     " wird oder sich bei nach sind aus am es wie werden",
     "äüöß", "éèàç"},
    {"fr", "le la les de des et un une est en du que pour dans par sur qui ne pas"
     " au avec ce il sont",
     "éèàêç", "âîôûùëïüœæ"},
    {"es", "el la los de que en y un una es por con del se las para su no al como lo",
     "óíáéñ", "úü¿¡ªº"},
    {"pt", "o a os de que e do da em um uma para com no na por as se dos ou ao",
     "ãçáéíó", "úõêâàôüªº"},
    {"it", "il la di che e un una per con del non sono della in si i le da al dei nel",
     "èàùòé", "ìîóªº"},
    {"nl", "de het een en van is in te dat op niet met voor zijn aan die om als ook",
     "ëéï", "èöüáóç"},
    {"sv", "och att det som en av den till med inte i ett kan om har de eller du ska vid man nu",
     "äåö", "éüà"},
    {"da", "og det at en den til er som med ikke i af kan for de et har eller du vi man hva se",
     "øåæ", "éäöüòôó"},
    {"fi", "ja on ei se oli ovat kun mutta niin sen tai joka kuin voi", "äö", "åšž"},
    {"is", "og er sem til en um var ekki af ef fyrir", "áíðæóþöúé", "ý"},
    {"ca", "el la els de que i en un una per amb les del no es", "àéèíòó", "çúïü·"},
    {"pl", "w i na z do nie to jest o po od lub jak dla przez oraz przy", "łąęóżś", "ćńź"},
    {"cs", "a v na se je to z do o s pro k jako nebo ale jsou tak", "íáěéřžčšýů", "úďťňóä"},
    {"sk", "a v na sa je to z do o s pre k ako alebo ale", "áíčéýšžúť", "ľňôďäĺŕó"},
    {"hu", "a az hogy nem is egy van meg csak vagy ha ez lehet kell", "éáóöő", "üíúű"},
    {"ro", "de la si in cu pe nu un o din este care a sau sunt", "ăîâșțşţ", ""},
    {"hr", "i u je na se da su za od ili kao ne s", "čšžć", "đ"},
    {"sl", "in je v na se za da so z", "čšž", "ćđ"},
    {"tr", "ve bir bu da de ile olarak bu gibi daha veya", "ışüçöği", "âî"},
    {"et", "ja on ei et see oli kui", "äõüö", "šž"},
    {"lv", "un ir ar no par uz ka", "āīēšņ", "ļūžčģķ"},
    {"lt", "ir yra kad su bei buvo", "ėšųįž", "ąčūę"},
    {"sq", "dhe me nga se e i", "ë", "ç"},
    {"eo", "la kaj de en estas mi", "ĉĝŭ", "ŝĵĥ"},
    {"vi", "la va cho trong khi",
     "đươăâêôáàạấếộảệậớ", "ãéèíìóòõúùýĩũầẩẫắằẳẵặẹẻẽềểễỉịọỏốồổỗờởỡợụủứừửữựỳỵỷỹ"},
    {"ru", "", "оеаинтсрвл", "кмдпуяыьгзбчйхжшюцщэфёъ"},
    {"uk", "", "оаніивтерс", "лкудмпзяьбгйчхцїжєшюґщф"},
    {"bg", "", "аоиетнрсвл", "кдпмзгъбуячцщжшюхьфй"},
    {"sr", "", "аоиенрсјту", "вкдмлпзгбчшцжхћђљњџф"},
    {"el", "", "αοιετσνηυρπκς", "λμγδωχθφβξζψάέήίόύώϊϋΐΰ"},
    {"he", "", "יולהאמרבתש", "נםחדקעפגזטסכןצךףץ"},
    {"ar", "", "النيموهرتبعد", "سقفكحجأشصىخطةضزثذئإغظءؤآ"},
    {"fa", "", "انیرهدمستبوش", "کزگلخقفعپجآحغصضچطئذظثژءيك"},
    {"th", "", "านรอกเงมยลวดทสตะ", "ปบคหแจพชขใไโผ่้ัิีืุู็์าำๆฉซญฐณถธฝฟภศษฬฮฯฤึํ"},
    {"zh-Hans", "",
     HAN_OF_BOTH "这个们中来为和国说时要会对着过发后种经么法学现当没动面起看定天还进"
     "样理她从实军无与长机关点业将两高间问很并物应战头体见被什产西斯话内给门儿原东声提及员"
     "论处走义认条系气题活尔更别变神总电数报才结量建务场计管期市德资许统区队形决展马科眼书听"
     "却界达光强难权象设式色记类据程边张该规万拉格望觉术领共确传师观清今切院让识候带导争运费"
     "须经员工每月必须合同价格服务", ""},
    {"zh-Hant", "",
     HAN_OF_BOTH "這個們中來為和國說時要會對著過發後種經麼法學現當沒動面起看定天還進"
     "樣理她從實軍無與長機關點業將兩高間問很並物應戰頭體見被什產斯話內給門兒原東聲提及員"
     "論處走義認條系氣題活爾更別變神總電數報才結量建務場計管期市德資許統區隊形決展馬科眼書聽"
     "卻界達光強難權象設式色記類據程邊張該規萬拉格望覺術領共確傳師觀清今切院讓識候帶導爭運費"
     "須經員工合約價格服務於", ""},
    {"ja", "",
     "日一人年大二本中長出三時行見月後前生五間上東四今九入学円子外六下来気小七山話女北午百書先名"
     "川千水半男西電語土食車何南万毎白天火右読友左休父雨会同事自社発者地業方新場員立開手力問代明"
     "動京目通言理体田主題意不作用度強公持野思家世多正安院心界教文元重近考画海売知道集別物使品計"
     "死特私始朝運終台広住無真有口少町料工建空急止送切転研足究楽起着店病質待試族銀早的性化法定要",
     "合成部加保期対関表調決取約実現数約最相当全回原議政経受解記得信指連増果組結件価費務約約契"},
    {"ko", "",
     "이다는을가의에고하지은한로를사기도어서리해인자대있과아라시그정만나들일수게것보부전스제상여으장주"
     "구원했마오소니면세동우성유조공거진비안경문생적국요신위트용관연재개모계되없당무미중러방간었통월년까"
     "내치실결업후히데건추체법식회물확단반때말분선발최행습약저음표심영양직현", ""},
};

const size_t language_count = sizeof languages / sizeof *languages;
