using System.Globalization;

namespace TspActors.Media.Tags;

/// <summary>The numbered genres of ID3v1 and Winamp, and the notations in which tags refer to them.</summary>
internal static class Genres
{
    private static readonly string[] Names =
    [
        "Blues", "Classic Rock", "Country", "Dance", "Disco", "Funk", "Grunge", "Hip-Hop", "Jazz", "Metal", "New Age", "Oldies", "Other",
        "Pop",
        "R&B", "Rap", "Reggae", "Rock", "Techno", "Industrial", "Alternative", "Ska", "Death Metal", "Pranks", "Soundtrack", "Euro-Techno",
        "Ambient", "Trip-Hop", "Vocal", "Jazz+Funk", "Fusion", "Trance", "Classical", "Instrumental", "Acid", "House", "Game", "Sound Clip",
        "Gospel", "Noise", "AlternRock", "Bass", "Soul", "Punk", "Space", "Meditative", "Instrumental Pop", "Instrumental Rock", "Ethnic",
        "Gothic", "Darkwave", "Techno-Industrial", "Electronic", "Pop-Folk", "Eurodance", "Dream", "Southern Rock", "Comedy", "Cult",
        "Gangsta", "Top 40", "Christian Rap", "Pop/Funk", "Jungle", "Native American", "Cabaret", "New Wave", "Psychedelic", "Rave",
        "Showtunes", "Trailer", "Lo-Fi", "Tribal", "Acid Punk", "Acid Jazz", "Polka", "Retro", "Musical", "Rock & Roll", "Hard Rock",
        "Folk",
        "Folk-Rock", "National Folk", "Swing", "Fast Fusion", "Bebop", "Latin", "Revival", "Celtic", "Bluegrass", "Avantgarde",
        "Gothic Rock", "Progressive Rock", "Psychedelic Rock", "Symphonic Rock", "Slow Rock", "Big Band", "Chorus", "Easy Listening",
        "Acoustic", "Humour", "Speech", "Chanson", "Opera", "Chamber Music", "Sonata", "Symphony", "Booty Bass", "Primus", "Porn Groove",
        "Satire", "Slow Jam", "Club", "Tango", "Samba", "Folklore", "Ballad", "Power Ballad", "Rhythmic Soul", "Freestyle", "Duet",
        "Punk Rock", "Drum Solo", "A Cappella", "Euro-House", "Dance Hall", "Goa", "Drum & Bass", "Club-House", "Hardcore Techno", "Terror",
        "Indie", "BritPop", "Worldbeat", "Polsk Punk", "Beat", "Christian Gangsta Rap", "Heavy Metal", "Black Metal", "Crossover",
        "Contemporary Christian", "Christian Rock", "Merengue", "Salsa", "Thrash Metal", "Anime", "Jpop", "Synthpop", "Abstract",
        "Art Rock", "Baroque", "Bhangra", "Big Beat", "Breakbeat", "Chillout", "Downtempo", "Dub", "EBM", "Eclectic", "Electro",
        "Electroclash", "Emo", "Experimental", "Garage", "Global", "IDM", "Illbient", "Industro-Goth", "Jam Band", "Krautrock", "Leftfield",
        "Lounge", "Math Rock", "New Romantic", "Nu-Breakz", "Post-Punk", "Post-Rock", "Psytrance", "Shoegaze", "Space Rock", "Trop Rock",
        "World Music", "Neoclassical", "Audiobook", "Audio Theatre", "Neue Deutsche Welle", "Podcast", "Indie Rock", "G-Funk", "Dubstep",
        "Garage Rock", "Psybient",
    ];

    /// <summary>The number of genres that have a name.</summary>
    public static int Count => Names.Length;

    /// <summary>Returns the name of a numbered genre; empty when the number has none.</summary>
    public static string Name(int number) => number >= 0 && number < Names.Length ? Names[number] : "";

    /// <summary>
    /// Returns the genres that a tag names: "Rock", "17", "(17)", "(17)Rock", "RX", "(CR)", "((text in brackets)", or several of them
    /// separated by NUL.
    /// </summary>
    public static IEnumerable<string> Resolve(string raw, int maxBytes) =>
        TagText.Values(raw, maxBytes).SelectMany(ResolveOne).Distinct(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> ResolveOne(string text)
    {
        var referred = new List<string>();
        while (text.StartsWith('(') && !text.StartsWith("((", StringComparison.Ordinal))
        {
            var close = text.IndexOf(')', StringComparison.Ordinal);
            if (close < 0 || Lookup(text[1..close]) is not { } name)
                break;
            if (name.Length > 0)
                referred.Add(name);
            text = text[(close + 1)..].Trim();
        }

        if (text.Length == 0)
            return referred;
        if (text.StartsWith("((", StringComparison.Ordinal))
            text = text[1..];
        // Text after a number refines it: "(4)Eurodisco" is Eurodisco.
        var plain = Lookup(text) ?? text;
        return plain.Length > 0 ? [plain] : referred;
    }

    /// <summary>Returns the name for a number or code; empty for a number without a name, null when the text is not a reference.</summary>
    private static string? Lookup(string reference) => reference switch
    {
        "RX" => "Remix",
        "CR" => "Cover",
        { Length: <= 3 } when byte.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => Name(number),
        _ => null,
    };
}
