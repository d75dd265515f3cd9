# What an index of runs costs in plain Python over the same files, in its simplest form. Arguments: data root, runs.
# reindex: every record read, its chain of hashes verified, its last state stored in SQLite with the number of its events.
# page: every status.json read, the files of every run listed, one page with a row for each.
# Prints the best of the runs as JSON: wall-clock and processor time in milliseconds.
import hashlib, html, json, os, sqlite3, sys, time

root, runs = sys.argv[1], int(sys.argv[2])
records, jobs = os.path.join(root, 'records', 'jobs'), os.path.join(root, 'outputs', 'jobs')


def reindex(path):
    db = sqlite3.connect(path)
    db.execute('PRAGMA journal_mode = WAL')
    db.execute('CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT, backend TEXT, name TEXT, bytes INTEGER, events INTEGER)')
    for name in sorted(os.listdir(records)):
        with open(os.path.join(records, name, 'provenance.ndjson'), 'rb') as file:
            text = file.read()
        prev, state, head = '0' * 64, None, None
        lines = text.decode().split('\n')[:-1]
        for line in lines:
            event = json.loads(line)
            body = line[:-75] + '}'
            if event['prev'] != prev or hashlib.sha256(body.encode()).hexdigest() != event['hash']:
                raise SystemExit('damaged: ' + name)
            prev, data = event['hash'], event['data']
            if data['type'] == 'job.created':
                head = data
            elif data['type'] == 'job.state':
                state = data['to']
        db.execute('INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?)',
                   (name, state, head['backend'], head['taskName'], len(text), len(lines)))
    db.commit()
    db.close()


def page(path):
    rows = []
    for name in sorted(os.listdir(jobs), reverse=True):
        folder = os.path.join(jobs, name)
        with open(os.path.join(folder, 'status.json'), 'rb') as file:
            status = json.load(file)
        files = []
        for kind in ('', 'figures', 'maps', 'tables'):
            place = os.path.join(folder, kind)
            if os.path.isdir(place):
                files += [f'{kind}/{entry.name} {entry.stat().st_size}' for entry in os.scandir(place) if entry.is_file()]
        cells = [status['taskName'], status['state'], ' '.join(status['validity']), status['startedAt'], *files]
        rows.append('<tr>' + ''.join(f'<td>{html.escape(cell)}</td>' for cell in cells) + '</tr>')
    with open(path, 'w') as file:
        file.write('<!doctype html><table>' + '\n'.join(rows) + '</table>')


def best(work, path):
    times = []
    for run in range(runs):
        start, cpu = time.perf_counter(), time.process_time()
        work(f'{path}.{run}')
        times.append(((time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000))
    return {'ms': min(wall for wall, _ in times), 'cpuMs': min(cpu for _, cpu in times)}


print(json.dumps({'reindex': best(reindex, os.path.join(root, 'peer.sqlite')), 'page': best(page, os.path.join(root, 'peer.html'))}))
