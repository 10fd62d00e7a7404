using System.Collections.Frozen;
using System.Text;

namespace TspActors.Media.Tags;

/// <summary>
/// Composes a letter and the combining mark after it, as Unicode's Normalization Form C does, so that both spellings of a name are equal.
/// Macs store file names with separate marks, whereas keyboards produce composed letters.
/// </summary>
/// <remarks>
/// The programs run without ICU (InvariantGlobalization), so <c>string.Normalize</c> changes nothing. The table was generated from
/// Unicode's canonical compositions up to U+30FF. Each line consists of a mark, followed by pairs of a letter and the composed letter.
/// </remarks>
public static class ComposedLetters
{
    private const string Table = """
        0300=AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓἘἚἙἛἠἢἡἣἨἪἩἫ
        0300=ἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ᾿῍ϊῒΙῚ῾῝ϋῢΥῪ¨῭ΟῸΩῺ
        0301=AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύ
        0301=ωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭ
        0301=ἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝὠὤὡὥὨὬὩὭ᾿῎῾῞
        0302=AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ
        0303=AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ
        0304=AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ
        0306=AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ
        0307=CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ
        0308=AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄ
        0308=wẅXẌxẍtẗ
        0309=AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ
        030A=AÅaåUŮuůwẘyẙ
        030B=OŐoőUŰuűУӲуӳ
        030C=CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ
        030F=AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ
        0311=AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ
        0313=αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ
        0314=αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ
        031B=OƠoơUƯuư
        0323=BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ
        0324=UṲuṳ
        0325=AḀaḁ
        0326=SȘsșTȚtț
        0327=CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ
        0328=AĄaąEĘeęIĮiįUŲuųOǪoǫ
        032D=DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ
        032E=HḪhḫ
        0330=EḚeḛIḬiḭUṴuṵ
        0331=BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ
        0338=←↚→↛↔↮⇐⇍⇔⇎⇒⇏∃∄∈∉∋∌∣∤∥∦∼≁≃≄≅≇≈≉=≠≡≢≍≭<≮>≯≤≰≥≱≲≴≳≵≶≸≷≹≺⊀≻⊁⊂⊄⊃⊅⊆⊈⊇⊉⊢⊬⊨⊭⊩⊮⊫⊯≼⋠≽⋡⊑⋢⊒⋣⊲⋪⊳⋫⊴⋬⊵⋭
        0342=ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ
        0345=ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫὬᾬὭᾭὮᾮὯᾯὰᾲαᾳ
        0345=άᾴᾶᾷΑᾼὴῂηῃήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ
        0653=اآ
        0654=اأوؤيئەۀہۂےۓ
        0655=اإ
        093C=नऩरऱळऴ
        0C56=ెై
        0DCA=ෙේොෝ
        3099=かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸヱヹヲヺヽヾ
        309A=はぱひぴふぷへぺほぽハパヒピフプヘペホポ
        """;

    private static readonly FrozenDictionary<(char Letter, char Mark), char> Composed = Table
        .Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.TrimStart())
        .SelectMany(line => Pairs((char)Convert.ToInt32(line[..4], 16), line[5..]))
        .ToFrozenDictionary(pair => pair.Key, pair => pair.Value);

    // Hangul syllables are computed: 19 initial letters, 21 vowels, 27 final letters.
    private const char FirstSyllable = '\uAC00';
    private const char FirstInitial = '\u1100';
    private const char FirstVowel = '\u1161';
    private const char NoFinal = '\u11A7';
    private const int Initials = 19;
    private const int Vowels = 21;
    private const int Finals = 28;

    /// <summary>Returns the composed letter; null if there is none.</summary>
    public static char? Compose(char letter, char mark) =>
        Composed.TryGetValue((letter, mark), out var composed) ? composed : ComposeHangul(letter, mark);

    /// <summary>Returns the text with all its letters composed.</summary>
    public static string Compose(ReadOnlySpan<char> text)
    {
        var composed = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (composed.Length > 0 && Compose(composed[^1], letter) is { } both)
                composed[^1] = both;
            else
                composed.Append(letter);
        }

        return composed.ToString();
    }

    private static char? ComposeHangul(char letter, char following)
    {
        var (initial, vowel) = (letter - FirstInitial, following - FirstVowel);
        if (initial is >= 0 and < Initials && vowel is >= 0 and < Vowels)
            return (char)(FirstSyllable + (initial * Vowels + vowel) * Finals);
        var (syllable, final) = (letter - FirstSyllable, following - NoFinal);
        return syllable is >= 0 and < Initials * Vowels * Finals && syllable % Finals == 0 && final is > 0 and < Finals
            ? (char)(letter + final)
            : null;
    }

    private static IEnumerable<KeyValuePair<(char Letter, char Mark), char>> Pairs(char mark, string pairs)
    {
        for (var at = 0; at + 1 < pairs.Length; at += 2)
            yield return KeyValuePair.Create((pairs[at], mark), pairs[at + 1]);
    }
}
