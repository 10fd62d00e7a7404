using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using TspActors.Benchmarks.Decoders;
using TspActors.Benchmarks.Live;
using TspActors.Benchmarks.Load;
using TspActors.Benchmarks.Siege;
using TspActors.Benchmarks.TrackerLoad;
using TspActors.Benchmarks;

// Measurements that need seconds or gigabytes have their own verbs.
if (args is ["library", .. var arguments])
    return LibraryBenchmark.Run(arguments);
if (args is ["decoders", .. var decoders])
    return DecodersBenchmark.Run(decoders);
if (args is ["first-sound", .. var firstSound])
    return await FirstSoundBenchmark.RunAsync(firstSound).ConfigureAwait(false);
if (args is ["gateway-library", .. var gatewayLibrary])
    return await GatewayLibraryBenchmark.RunAsync(gatewayLibrary).ConfigureAwait(false);
if (args is ["http-load", .. var httpLoad])
    return await HttpLoadCommand.RunAsync(httpLoad).ConfigureAwait(false);
if (args is ["live-load", .. var liveLoad])
    return await LiveLoadCommand.RunAsync(liveLoad).ConfigureAwait(false);
if (args is ["live-tree", .. var liveTree])
    return LiveTreeBenchmark.Run(liveTree);
if (args is ["live-listen", .. var liveListen])
    return await LiveListenCommand.RunAsync(liveListen).ConfigureAwait(false);
if (args is ["load", .. var load])
    return await LoadCommand.RunAsync(load);
if (args is ["tracker-load", .. var trackerLoad])
    return await TrackerLoadCommand.RunAsync(trackerLoad).ConfigureAwait(false);
if (args is ["siege", .. var siege])
    return await SiegeCommand.RunAsync(siege).ConfigureAwait(false);

// The benchmarks run in this process, because the default toolchain does not find a program whose assembly name differs from its project's.
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithIterationCount(7).WithIterationTime(
        TimeInterval.FromMilliseconds(200)))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.Gen1, Column.Gen2)
    .AddColumn(StatisticColumn.Min);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
