import type { DetectionView, GgufView, OptionView, PresetView } from '../../../../src-preload/contract/setup-view.ts'

/** A preset without needs and options, but for what a test says otherwise. */
export function makePreset(overrides: Partial<PresetView> = {}): PresetView {
  return {
    id: 'test',
    title: 'Test server',
    about: 'A server for tests.',
    docsUrl: null,
    defaultPort: 8000,
    onlyHost: null,
    hasProgram: true,
    needs: { binName: null, cwd: null },
    options: [],
    keyVariable: null,
    control: 'process',
    models: { canList: false, canLoad: false, canUnload: false },
    canTry: false,
    logNote: null,
    childNames: [],
    ...overrides,
  }
}

export function makeOption(overrides: Partial<OptionView> = {}): OptionView {
  return {
    id: 'model',
    label: 'Model',
    help: '',
    kind: 'text',
    placeholder: '',
    isRequired: false,
    args: [],
    env: {},
    ...overrides,
  }
}

export function makeGguf(overrides: Partial<GgufView> = {}): GgufView {
  return {
    file: '/models/a.gguf',
    name: 'A',
    architecture: null,
    sizeBytes: 1024 ** 3,
    quantisation: null,
    contextLength: null,
    parts: 1,
    problem: null,
    ...overrides,
  }
}

export function makeDetection(overrides: Partial<DetectionView> = {}): DetectionView {
  return { installed: [], running: [], at: 0, ...overrides }
}
