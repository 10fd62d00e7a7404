using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Pulse;

/// <summary>Asks a PulseAudio server for its sinks, within a deadline.</summary>
internal static unsafe partial class PulseSinks
{
    private const string Library = "libpulse.so.0";
    private const int DoNotStartServer = 1;
    private const int Ready = 4;
    private const int Failed = 5;
    private const int Running = 0;
    private const int MaxSinks = 256;

    // Offsets in pa_server_info and pa_sink_info on 64-bit systems. Newer versions of the library only append fields.
    private const int DefaultSinkName = 48;
    private const int SinkName = 0;
    private const int SinkDescription = 16;

    /// <summary>Returns the sinks; none if no server replies in time.</summary>
    internal static IReadOnlyList<SoundDevice> List(TimeSpan deadline)
    {
        var loop = NewLoop();
        if (loop == 0)
            return [];
        var context = NewContext(GetApi(loop), "TspActors");
        var found = new Found();
        var self = GCHandle.Alloc(found);
        try
        {
            var start = Stopwatch.GetTimestamp();
            if (context == 0 || Connect(context, null, DoNotStartServer, 0) < 0
                || !Run(loop, start, deadline, () => GetState(context) is Ready or >= Failed) || GetState(context) != Ready)
                return [];
            return Ask(loop, start, deadline, GetServerInfo(context, &OnServer, GCHandle.ToIntPtr(self)))
                && Ask(loop, start, deadline, GetSinks(context, &OnSink, GCHandle.ToIntPtr(self)))
                ? [.. found.Sinks.Select(sink => sink with { IsDefault = sink.Name == found.Default })]
                : [];
        }
        finally
        {
            if (context != 0)
            {
                Disconnect(context);
                ReleaseContext(context);
            }

            FreeLoop(loop);
            // From here on, no callback can run.
            self.Free();
        }
    }

    private static bool Ask(nint loop, long start, TimeSpan deadline, nint operation)
    {
        if (operation == 0)
            return false;
        var isAnswered = Run(loop, start, deadline, () => GetOperationState(operation) != Running);
        ReleaseOperation(operation);
        return isAnswered;
    }

    private static bool Run(nint loop, long start, TimeSpan deadline, Func<bool> isDone)
    {
        while (!isDone())
        {
            var left = deadline - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || Prepare(loop, (int)Math.Min(int.MaxValue, left.TotalMicroseconds)) < 0 || Poll(loop) < 0
                || Dispatch(loop) < 0)
                return false;
        }

        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnServer(nint context, nint server, nint self)
    {
        if (server != 0 && GCHandle.FromIntPtr(self).Target is Found found)
            found.Default = TextAt(server, DefaultSinkName);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnSink(nint context, nint sink, int isLast, nint self)
    {
        if (isLast != 0 || sink == 0 || GCHandle.FromIntPtr(self).Target is not Found found || found.Sinks.Count >= MaxSinks)
            return;
        var name = TextAt(sink, SinkName);
        found.Sinks.Add(new SoundDevice("pulse", name, TextAt(sink, SinkDescription) is { Length: > 0 } text ? text : name, false));
    }

    private static string TextAt(nint record, int offset) =>
        Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(record, offset))?.ReplaceLineEndings(" ") ?? "";

    [LibraryImport(Library, EntryPoint = "pa_mainloop_new")]
    private static partial nint NewLoop();

    [LibraryImport(Library, EntryPoint = "pa_mainloop_get_api")]
    private static partial nint GetApi(nint loop);

    [LibraryImport(Library, EntryPoint = "pa_mainloop_prepare")]
    private static partial int Prepare(nint loop, int microseconds);

    [LibraryImport(Library, EntryPoint = "pa_mainloop_poll")]
    private static partial int Poll(nint loop);

    [LibraryImport(Library, EntryPoint = "pa_mainloop_dispatch")]
    private static partial int Dispatch(nint loop);

    [LibraryImport(Library, EntryPoint = "pa_mainloop_free")]
    private static partial void FreeLoop(nint loop);

    [LibraryImport(Library, EntryPoint = "pa_context_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewContext(nint api, string name);

    [LibraryImport(Library, EntryPoint = "pa_context_connect", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Connect(nint context, string? server, int flags, nint spawn);

    [LibraryImport(Library, EntryPoint = "pa_context_get_state")]
    private static partial int GetState(nint context);

    [LibraryImport(Library, EntryPoint = "pa_context_disconnect")]
    private static partial void Disconnect(nint context);

    [LibraryImport(Library, EntryPoint = "pa_context_unref")]
    private static partial void ReleaseContext(nint context);

    [LibraryImport(Library, EntryPoint = "pa_context_get_server_info")]
    private static partial nint GetServerInfo(nint context, delegate* unmanaged[Cdecl]<nint, nint, nint, void> callback, nint self);

    [LibraryImport(Library, EntryPoint = "pa_context_get_sink_info_list")]
    private static partial nint GetSinks(nint context, delegate* unmanaged[Cdecl]<nint, nint, int, nint, void> callback, nint self);

    [LibraryImport(Library, EntryPoint = "pa_operation_get_state")]
    private static partial int GetOperationState(nint operation);

    [LibraryImport(Library, EntryPoint = "pa_operation_unref")]
    private static partial void ReleaseOperation(nint operation);

    /// <summary>The server's replies so far.</summary>
    private sealed class Found
    {
        public string Default { get; set; } = "";

        public List<SoundDevice> Sinks { get; } = [];
    }
}
