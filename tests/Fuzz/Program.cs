using SharpFuzz;
using TspActors.Fuzz;
using TspActors.Fuzz.Targets;

const string usage = """
    fuzz TARGET             under afl-fuzz: runs a target on one input after another
    run TARGET PATH…        runs the target on files, or on all files in folders, and prints what is wrong
    seeds TARGET FOLDER     writes the inputs from which the search starts
    targets                 lists the targets
    """;

FuzzTarget[] targets =
    [new FramesTarget(), new BodiesTarget(), new Mp3Target(), new TagsTarget(), new HoconTarget(), new IgnoreTarget(), new MpegTarget()];
if (args is ["targets"])
{
    Console.WriteLine(string.Join(' ', targets.Select(target => target.Name)));
    return 0;
}

if (args is not [var mode, var name, ..] || targets.FirstOrDefault(target => target.Name == name) is not { } chosen)
{
    Console.Error.WriteLine(usage);
    return 2;
}

var run = new BoundedRun(chosen);
switch (mode)
{
    case "fuzz":
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            run.WarmUp();
            BranchCounts.Clear();
            run.Run(input.ToArray());
        });
        return 0;
    case "run":
        return args[2..].SelectMany(Files).Where(IsBroken).ToList().Count == 0 ? 0 : 1;
    case "seeds" when args is [_, _, var folder]:
        Directory.CreateDirectory(folder);
        foreach (var (number, seed) in chosen.Seeds().Index())
            File.WriteAllBytes(Path.Combine(folder, $"seed-{number:D2}"), seed);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}

IEnumerable<string> Files(string path) => Directory.Exists(path) ? Directory.EnumerateFiles(path).Order() : [path];

bool IsBroken(string path)
{
    try
    {
        run.Run(File.ReadAllBytes(path));
        return false;
    }
    catch (Exception error)
    {
        // Every exception is a finding.
        Console.WriteLine($"{path}: {error}");
        return true;
    }
}
