using System.Text;

namespace TspActors.Configuration.Hosting;

/// <summary>
/// A program's standard output and standard error, wrapped so that a full disk or a closed descriptor does not crash the program. A
/// human-readable line is dropped if it cannot be written. If a result cannot be written, the program fails with one line that says so.
/// </summary>
public static class ProgramOutput
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    // These take the place of any closed descriptors from 0 to 2, so that no socket or file reuses their numbers and receives log lines.
    private static readonly List<FileStream> Placeholders = [];

    private static LossyStream _results = new(Stream.Null);

    /// <summary>Whether the program was started without standard output.</summary>
    public static bool IsOutputClosed { get; private set; }

    /// <summary>Takes over Console.Out and Console.Error. Must be called before anything is written.</summary>
    public static void TakeOver()
    {
        Console.OutputEncoding = Utf8;
        IsOutputClosed = !StandardDescriptors.IsOpenForWriting(1);
        var isErrorClosed = !StandardDescriptors.IsOpenForWriting(2);
        _results = new LossyStream(IsOutputClosed ? new ClosedStream() : Console.OpenStandardOutput());
        var errors = new LossyStream(isErrorClosed ? new ClosedStream() : Console.OpenStandardError());
        Placeholders.AddRange(StandardDescriptors.FillGaps());
        Console.SetOut(new StreamWriter(_results, Utf8, bufferSize: 256) { AutoFlush = true });
        Console.SetError(new StreamWriter(errors, Utf8, bufferSize: 256) { AutoFlush = true });
    }

    /// <summary>Returns standard output, for binary results. <see cref="End"/> reports any failure to write to it.</summary>
    public static Stream OpenResults() => _results;

    /// <summary>
    /// Returns the exit code of the program: <paramref name="exitCode"/>, or <see cref="ProgramRun.Failed"/> if the program succeeded but
    /// results were lost.
    /// </summary>
    public static int End(int exitCode) => exitCode == ProgramRun.Done && _results.Failure is { } failure
        ? ProgramRun.Fail($"could not write to standard output: {failure}")
        : exitCode;
}
