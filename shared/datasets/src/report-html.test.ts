import { describe, expect, it } from 'vitest';
import { freezeDataset } from './freeze-dataset.ts';
import { renderReport } from './report-html.ts';
import { memorySink, memorySource, zipOf } from './testing/archives.ts';
import { catsAndDogs, folderOf, picture } from './testing/pictures.ts';

describe('the report page', () => {
  it('names outcome, classes, findings and what to do', async () => {
    const { report } = await freezeDataset(
      {
        archive: memorySource(
          'pets.zip',
          await zipOf({ ...(await catsAndDogs()), 'cat/x.gif': await picture(1, 'gif') }),
        ),
      },
      memorySink(),
    );
    const page = renderReport(report);
    for (const text of [
      'pets.zip',
      'rejected',
      'What must be fixed',
      'IMAGE_WRONG_TYPE',
      'cat/x.gif',
      'Convert the images to JPEG or PNG',
      '>dog<',
    ]) {
      expect(page).toContain(text);
    }
  });

  it('needs nothing else and lets no name become markup', async () => {
    const nasty = `<img src=x onerror="alert('1')">&`;
    const files = {
      ...(await folderOf(nasty, 3)),
      ...(await folderOf('dog', 3)),
      [`${nasty}.txt`]: Buffer.from('stray'),
    };
    const { report } = await freezeDataset({ archive: memorySource(`${nasty}.zip`, await zipOf(files)) }, memorySink());
    const page = renderReport(report);
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
    expect(page).not.toMatch(/<img|<script|https?:|src="|url\(/);
  });
});
