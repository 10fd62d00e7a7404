using System.Collections.Frozen;
using System.Text;

namespace TspActors.Protocol.Search;

/// <summary>
/// Folds a letter to the plain form used for search: lower case, without accent or ligature, full width and half width alike.
/// </summary>
/// <remarks>
/// The programs run without ICU (InvariantGlobalization), so <c>string.Normalize</c> changes nothing. This table therefore contains the
/// decompositions for scripts with upper-case or accented letters. It was generated from Unicode's NFKD without marks, plus the Latin
/// letters that Unicode does not decompose (ø, ł, đ, ß, …), folded the way people type them.
/// </remarks>
public static class LetterFolding
{
    /// <summary>Entries of the form plain=letters. Each of the letters folds to the plain form.</summary>
    private const string Table = """
        0=⁰₀ 1=¹₁ 2=²₂ 3=³₃ 4=⁴₄ 5=⁵₅ 6=⁶₆ 7=⁷₇ 8=⁸₈ 9=⁹₉ a=ªàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặₐ ae=æǣǽ b=ḃḅḇℬƀ c=çćĉċčḉℂℭⅽꟲ d=ďḋḍḏḑḓⅅⅆⅾđð
        dz=ǆǳ e=èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệₑℯℰⅇ f=ḟℱꟳ ff=ﬀ ffi=ﬃ ffl=ﬄ fi=ﬁ fl=ﬂ g=ĝğġģǧǵḡℊ h=ĥȟʰḣḥḧḩḫẖₕℋℌℍℎħ i=ìíîïĩīĭįİǐȉȋḭḯỉịⁱℐℑℹⅈⅰıɨ
        ii=ⅱ iii=ⅲ ij=ĳ iv=ⅳ ix=ⅸ j=ĵǰʲⅉⱼ k=ķǩḱḳḵₖ l=ĺļľˡḷḹḻḽₗℒℓⅼł lj=ǉ m=ḿṁṃₘℳⅿ n=ñńņňǹṅṇṉṋⁿₙℕŋ nj=ǌ
        o=ºòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợₒℴøǿ oe=œ p=ṕṗₚℙ q=ℚꟴ r=ŕŗřȑȓʳṙṛṝṟℛℜℝ s=śŝşšſșˢṡṣṥṧṩẛₛ ss=ß st=ﬅﬆ t=ţťțṫṭṯṱẗₜŧ th=þ
        u=ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự v=ṽṿⅴⱽ vi=ⅵ vii=ⅶ viii=ⅷ w=ŵʷẁẃẅẇẉẘ x=ˣẋẍₓⅹ xi=ⅺ xii=ⅻ y=ýÿŷȳʸẏẙỳỵỷỹ z=źżžẑẓẕℤℨ ħ=ℏꟸ œ=ꟹ ə=ₔ ɛ=ℇ
        ɣ=ˠ ɦ=ʱ ɹ=ʴ ɻ=ʵ ʁ=ʶ ʒ=ǯ ʕ=ˤ ʹ=ʹ α=άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ β=ϐ γ=ℽℾ ε=έϵἐἑἒἓἔἕὲέ η=ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ θ=ϑ
        ι=ΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ κ=ϰ μ=µ ο=όὀὁὂὃὄὅὸό π=ϖℼℿ ρ=ϱῤῥ ς=ϲ σ=ς υ=ΰϋύϒϓϔὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ φ=ϕ ω=ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ а=ӑӓ г=ѓ
        е=ѐёӗ ж=ӂӝ з=ӟ и=йѝӣӥ к=ќ о=ӧ у=ўӯӱӳ ч=ӵ ы=ӹ э=ӭ і=ї ѵ=ѷ ә=ӛ ө=ӫ եւ=և א=ℵ ב=ℶ ג=ℷ ד=ℸ ا=آأإ اٴ=ٵ و=ؤ وٴ=ٶ ي=ئ يٴ=ٸ ہ=ۂ ۇٴ=ٷ ے=ۓ
        ە=ۀ ᄀ=ﾡ ᄁ=ﾢ ᄂ=ﾤ ᄃ=ﾧ ᄄ=ﾨ ᄅ=ﾩ ᄆ=ﾱ ᄇ=ﾲ ᄈ=ﾳ ᄉ=ﾵ ᄊ=ﾶ ᄋ=ﾷ ᄌ=ﾸ ᄍ=ﾹ ᄎ=ﾺ ᄏ=ﾻ ᄐ=ﾼ ᄑ=ﾽ ᄒ=ﾾ ᄚ=ﾰ ᄡ=ﾴ ᅠ=ﾠ ᅡ=ￂ ᅢ=ￃ ᅣ=ￄ ᅤ=ￅ ᅥ=ￆ ᅦ=ￇ ᅧ=ￊ ᅨ=ￋ ᅩ=ￌ
        ᅪ=ￍ ᅫ=ￎ ᅬ=ￏ ᅭ=ￒ ᅮ=ￓ ᅯ=ￔ ᅰ=ￕ ᅱ=ￖ ᅲ=ￗ ᅳ=ￚ ᅴ=ￛ ᅵ=ￜ ᆪ=ﾣ ᆬ=ﾥ ᆭ=ﾦ ᆰ=ﾪ ᆱ=ﾫ ᆲ=ﾬ ᆳ=ﾭ ᆴ=ﾮ ᆵ=ﾯ ⵡ=ⵯ う=ゔ か=が き=ぎ く=ぐ け=げ こ=ご さ=ざ し=じ す=ず せ=ぜ
        そ=ぞ た=だ ち=ぢ つ=づ て=で と=ど は=ばぱ ひ=びぴ ふ=ぶぷ へ=べぺ ほ=ぼぽ より=ゟ ゝ=ゞ ァ=ｧ ア=ｱ ィ=ｨ イ=ｲ ゥ=ｩ ウ=ヴｳ ェ=ｪ エ=ｴ ォ=ｫ オ=ｵ カ=ガｶ キ=ギｷ ク=グｸ ケ=ゲｹ コ=ゴｺ コト=ヿ
        サ=ザｻ シ=ジｼ ス=ズｽ セ=ゼｾ ソ=ゾｿ タ=ダﾀ チ=ヂﾁ ッ=ｯ ツ=ヅﾂ テ=デﾃ ト=ドﾄ ナ=ﾅ ニ=ﾆ ヌ=ﾇ ネ=ﾈ ノ=ﾉ ハ=バパﾊ ヒ=ビピﾋ フ=ブプﾌ ヘ=ベペﾍ ホ=ボポﾎ マ=ﾏ ミ=ﾐ ム=ﾑ メ=ﾒ モ=ﾓ ャ=ｬ
        ヤ=ﾔ ュ=ｭ ユ=ﾕ ョ=ｮ ヨ=ﾖ ラ=ﾗ リ=ﾘ ル=ﾙ レ=ﾚ ロ=ﾛ ワ=ヷﾜ ヰ=ヸ ヱ=ヹ ヲ=ヺｦ ン=ﾝ ー=ｰ ヽ=ヾ ꝯ=ꝰ
        """;

    private static readonly FrozenDictionary<Rune, string> Plain = Table
        .Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .Select(entry => entry.Split('='))
        .SelectMany(entry => entry[1].EnumerateRunes().Select(letter => (letter, Plain: entry[0])))
        .ToFrozenDictionary(entry => entry.letter, entry => entry.Plain);

    /// <summary>Appends the folded form of <paramref name="letter"/>.</summary>
    public static void AppendFolded(this StringBuilder text, Rune letter)
    {
        // Full-width ASCII is plain ASCII at an offset.
        if (letter.Value is >= 0xFF01 and <= 0xFF5E)
            letter = new Rune(letter.Value - 0xFF01 + '!');
        letter = Rune.ToLowerInvariant(letter);
        if (letter.IsAscii)
            text.Append((char)letter.Value);
        else if (letter.Value is >= 0xAC00 and <= 0xD7A3)
            AppendJamo(text, letter.Value - 0xAC00);
        else if (Plain.TryGetValue(letter, out var plain))
            text.Append(plain);
        else
            text.Append(letter);
    }

    // A Hangul syllable is split into its letters, as some file systems store it (The Unicode Standard, section 3.12).
    private static void AppendJamo(StringBuilder text, int syllable)
    {
        text.Append((char)(0x1100 + (syllable / 588))).Append((char)(0x1161 + (syllable % 588 / 28)));
        if (syllable % 28 is > 0 and var final)
            text.Append((char)(0x11A7 + final));
    }
}
