using System.Globalization;
using TspActors.Playback;
using TspActors.Playback.Decoders.Layer3;
using TspActors.Playback.Mpg123;

namespace TspActors.Benchmarks.Decoders;

/// <summary>
/// The verb "decoders [all]" decodes 200 generated MP3s with every decoder of this machine, and compares the samples with those of the
/// first one. "all" adds a line for every song that differs.
/// </summary>
internal static class DecodersBenchmark
{
    // To compare another decoder, add a line. The first one that can be used is the reference.
    private static readonly (string Name, Func<bool> CanBeUsed, Func<IMp3Decoder> New)[] Decoders =
    [
        ("mpg123", () => Mpg123Library.Available, () => new Mpg123Decoder()),
        ("NLayer", () => true, () => NLayerDecoder.New(_ => { })),
    ];

    internal static int Run(string[] arguments)
    {
        if (arguments is not ([] or ["all"]))
        {
            Console.Error.WriteLine("usage: decoders [all]");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("tsp-decoders-");
        try
        {
            Compare([.. DecoderMaterial.Generate(folder.FullName)], isVerbose: arguments is ["all"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void Compare(IReadOnlyList<TestSong> songs, bool isVerbose)
    {
        var usable = Decoders.Where(decoder => decoder.CanBeUsed()).ToArray();
        // The first pass compiles the code. Only the last one counts.
        var decoded = usable.ToDictionary(
            decoder => decoder.Name,
            decoder => Enumerable.Range(0, 3)
                .Select(_ => songs.Select(song => DecodedSong.Decode(song.Bytes, decoder.New)).ToList())
                .Last());
        var reference = decoded[usable[0].Name];
        Console.WriteLine($"{songs.Count} songs, compared with {usable[0].Name}");
        Console.WriteLine();
        Console.WriteLine(
            "| songs | decoder | number | threw | same length | as long as encoded | within one step | largest difference | RMS | peak "
            + "| times as fast as it plays |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var group in songs.Select(song => song.Group).Distinct())
        {
            foreach (var (name, results) in decoded)
            {
                var comparisons = songs.Index().Where(song => song.Item.Group == group)
                    .Select(song => new DecoderComparison(song.Item, reference[song.Index], results[song.Index])).ToList();
                Console.WriteLine($"| {group} | {name} | {DecoderComparison.Row(comparisons)} |");
            }
        }

        foreach (var (name, results) in isVerbose ? decoded.Skip(1) : [])
        {
            Console.WriteLine();
            foreach (var (index, song) in songs.Index())
            {
                var comparison = new DecoderComparison(song, reference[index], results[index]);
                if (!comparison.IsWithinOneStep)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {song.Name}: {comparison}"));
            }
        }
    }
}
